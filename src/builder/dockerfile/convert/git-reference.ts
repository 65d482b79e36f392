import { invalid } from "../../../errors/index.ts";
import { joinPath } from "./path.ts";

/** `https://host/repository.git#ref:directory`, or with `?branch=…&subdir=…`, taken apart. */
export interface GitReference {
  readonly remote: string;
  readonly ref: string;
  readonly subdirectory: string;
  readonly checksum: string;
  readonly keepGitDirectory: boolean | undefined;
  /** Undefined: they are fetched. */
  readonly submodules: boolean | undefined;
}

const protocol = /^([a-zA-Z0-9]+):\/\//;
/** `user@host:path`, as ssh(1) has it. */
const secureCopy = /^[a-zA-Z0-9\-_.]+@[a-zA-Z0-9.\-_]+:[^?#]*/;

/** Whether ADD and contexts take a text for a git repository: by its protocol, or for http(s) by a path that ends with `.git`. */
export function isGitReference(text: string): boolean {
  const scheme = protocol.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return secureCopy.test(text);
  if (scheme === "http" || scheme === "https") return /^[^?#]*\.git(?=[?#]|$)/.test(text);
  return scheme === "ssh" || scheme === "git";
}

/** Throws `invalid` for queries that contradict themselves, or that are not known. */
export function parseGitReference(text: string): GitReference {
  const [address = "", fragment = ""] = splitOnce(text, "#");
  const [remote = "", query = ""] = splitOnce(address, "?");
  const [ref = "", directory = ""] = splitOnce(fragment, ":");
  const named = readQuery(query);
  if (named.mtime !== undefined && !["checkout", "commit"].includes(named.mtime))
    throw invalid(`invalid mtime value: "${named.mtime}" (must be "checkout" or "commit")`);
  const checksum = agreed("checksum", [named.checksum ?? "", named.commit ?? ""]);
  const refs = [ref, named.ref, prefixed(named.tag, "refs/tags/"), prefixed(named.branch, "refs/heads/")];
  return {
    remote,
    ref: isByCommit(named["fetch-by-commit"], checksum) ? checksum : agreed("ref", refs),
    subdirectory: joinPath("/", agreed("subdir", [directory, named.subdir ?? ""])).slice(1),
    checksum,
    keepGitDirectory: boolean("keep-git-dir", named["keep-git-dir"]),
    submodules: boolean("submodules", named.submodules),
  };
}

/** The commit itself is fetched, whatever the ref means by now. */
function isByCommit(given: string | undefined, checksum: string): boolean {
  if (boolean("fetch-by-commit", given) !== true) return false;
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(checksum)) return true;
  throw invalid("fetch-by-commit requires a full commit SHA checksum");
}

const flags = ["keep-git-dir", "submodules", "fetch-by-commit"];
const known = ["ref", "tag", "branch", "subdir", "checksum", "commit", "mtime", ...flags];

function readQuery(query: string): Record<string, string | undefined> {
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!known.includes(name)) throw invalid(`unexpected query "${name}"`);
    if (values[name] !== undefined) throw invalid(`query "${name}" has multiple values`);
    if (value === "" && !flags.includes(name)) throw invalid(`query "${name}" has no value`);
    values[name] = value;
  }
  return values;
}

function agreed(what: string, candidates: readonly (string | undefined)[]): string {
  const given = [...new Set(candidates.filter((candidate) => candidate !== undefined && candidate !== ""))];
  if (given.length > 1) throw invalid(`${what} conflicts: "${given[0]}" vs "${given[1]}"`);
  return given[0] ?? "";
}

const prefixed = (name: string | undefined, prefix: string): string =>
  name === undefined || name.startsWith(prefix) ? (name ?? "") : prefix + name;

function boolean(name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(1|t|true|)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalid(`invalid ${name} value: "${value}"`);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
