import type { Add, Command, Copy } from "../../instructions/index.ts";
import type { Linter } from "../linter.ts";
import type { Rule } from "../rule.ts";

const addInsteadOfCopy: Rule = { name: "AddInsteadOfCopy", description: "COPY does what is asked, ADD more" };
const secretCopied: Rule = { name: "SecretCopied", description: "Secrets should not be in layers" };
const debianFrontend: Rule = {
  name: "DebianFrontendKept",
  description: "DEBIAN_FRONTEND is for builds, not for containers",
};

const archive = /\.(tar|tgz|tbz2?|txz|tzst)(\.\w+)?$|\.tar\./;
const remote = /^(https?|git|ssh):\/\/|^[\w.-]+@[\w.-]+:/;
/** Files that people have for themselves. */
const secret =
  /(^|\/)(\.env(\.\w+)?|id_(rsa|dsa|ecdsa|ed25519)|\.npmrc|\.netrc|\.pypirc|\.git-credentials|\.htpasswd|kubeconfig|\.ssh|\.aws|\.gnupg|\.docker\/config\.json|[^/]+\.(pem|key|p12|pfx|keystore|jks))\/?$/;
const harmless =
  /(^|\/)\.env\.(example|sample|template|dist|defaults)$|\.pub(lic)?\.|(^|[/._-])pub(lic)?([._-]|$)/;

/** Advice on COPY, ADD and ENV. */
export function adviseFiles(linter: Linter, command: Command): void {
  if (command.kind === "add") adviseAdd(linter, command);
  if (command.kind === "add" || command.kind === "copy") adviseSecrets(linter, command);
  if (command.kind === "env" && command.pairs.some(({ key }) => key === "DEBIAN_FRONTEND"))
    linter.report(
      debianFrontend,
      command.node,
      "ENV DEBIAN_FRONTEND is set in containers, too: use ARG, or set it in RUN",
    );
}

function adviseAdd(linter: Linter, { sources, node, unpack, documents }: Add): void {
  const plain = sources.every(
    (source) => !remote.test(source) && !archive.test(source) && !/[$*?[]/.test(source),
  );
  if (!plain || unpack !== undefined || sources.length + documents.length === 0) return;
  linter.report(addInsteadOfCopy, node, "ADD unpacks archives and fetches URLs: for other files use COPY");
}

function adviseSecrets(linter: Linter, { sources, node }: Add | Copy): void {
  const found = sources.find((source) => secret.test(source) && !harmless.test(source));
  if (found === undefined) return;
  const message = `${found} looks like a secret, and layers keep it: use RUN --mount=type=secret, or leave it out by .dockerignore`;
  linter.report(secretCopied, node, message);
}
