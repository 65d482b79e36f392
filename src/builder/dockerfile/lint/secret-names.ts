import type { Dockerfile } from "../instructions/index.ts";
import { quote } from "../quote.ts";
import { rules } from "./buildkit-rules.ts";
import type { Linter } from "./linter.ts";

const secret = /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const harmless = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/** ARG and ENV end up in the image: what is called like a secret should come by `RUN --mount=type=secret`. */
export function lintSecretNames(linter: Linter, { stages }: Dockerfile): void {
  for (const command of stages.flatMap(({ commands }) => commands)) {
    const names = command.kind === "env" ? command.pairs : command.kind === "arg" ? command.definitions : [];
    for (const { key } of names) {
      if (!secret.test(key) || harmless.test(key)) continue;
      const what = "Do not use ARG or ENV instructions for sensitive data";
      const message = `${what} (${command.kind.toUpperCase()} ${quote(key)})`;
      linter.report(rules.SecretsUsedInArgOrEnv, command.node, message);
    }
  }
}
