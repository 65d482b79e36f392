import { isDigest } from "../../../oci/digest.ts";
import { type Edge, vertex } from "../../graph/index.ts";
import type { Add, Copy } from "../instructions/index.ts";
import { isGitReference, parseGitReference } from "./git-reference.ts";
import { baseName } from "./path.ts";
import type { Step } from "./step.ts";

/** Something of the web that ADD adds. */
export interface RemoteSource {
  readonly tree: Edge;
  /** What is copied of it. */
  readonly path: string;
  readonly unpack: boolean;
}

/** The tree of a git repository or a URL; undefined for a path. COPY has neither. */
export function addSource(
  step: Step<Copy | Add>,
  source: string,
  checksum: string,
  name: string,
): RemoteSource | undefined {
  const { command, fail } = step;
  if (isGitReference(source)) {
    if (command.kind === "copy") return fail("source can't be a git ref for COPY");
    return { tree: gitTree(step, command, source, checksum, name), path: "/", unpack: false };
  }
  if (!/^https?:\/\//.test(source)) return undefined;
  if (command.kind === "copy") return fail("source can't be a URL for COPY");
  if (checksum !== "" && !isDigest(checksum))
    return fail(`invalid checksum ${checksum}: sha256: and 64 hexadecimal digits are expected`);
  const filename = fileNameOf(source);
  const op = {
    kind: "http",
    url: source,
    ...(checksum !== "" && isDigest(checksum) ? { checksum } : {}),
    filename,
  } as const;
  const tree = vertex(op, [], { name, ignoreCache: step.state.ignoreCache });
  return { tree, path: `/${filename}`, unpack: command.unpack === true };
}

function fileNameOf(url: string): string {
  const path = URL.canParse(url) ? decodeURIComponent(new URL(url).pathname) : "";
  return baseName(path) || "__unnamed__";
}

function gitTree({ state, fail }: Step, command: Add, source: string, checksum: string, name: string): Edge {
  const reference = parseGitReference(source);
  const { keepGitDirectory: ours } = command;
  const { keepGitDirectory: theirs, remote, ref, subdirectory, submodules } = reference;
  if (ours !== undefined && theirs !== undefined && ours !== theirs)
    return fail("inconsistent keep-git-dir configuration");
  if (checksum !== "" && reference.checksum !== "" && checksum !== reference.checksum)
    return fail(`checksum mismatch "${checksum}" != "${reference.checksum}"`);
  const commit = checksum || reference.checksum;
  const op = {
    kind: "git",
    remote,
    ...(ref === "" ? {} : { ref }),
    ...(subdirectory === "" ? {} : { subdirectory }),
    ...(commit === "" ? {} : { checksum: commit }),
    ...(submodules === false ? { skipSubmodules: true } : {}),
    keepGitDirectory: theirs ?? ours ?? false,
  } as const;
  return vertex(op, [], { name, ignoreCache: state.ignoreCache });
}
