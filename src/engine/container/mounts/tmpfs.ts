import { invalid } from "../../../errors/index.ts";

const flags = new Set([
  "ro",
  "rw",
  "exec",
  "noexec",
  "suid",
  "nosuid",
  "dev",
  "nodev",
  "atime",
  "noatime",
  "diratime",
  "nodiratime",
  "relatime",
  "norelatime",
  "strictatime",
  "nostrictatime",
  "sync",
  "async",
  "dirsync",
]);
const values = new Set(["mode", "uid", "gid", "size", "nr_inodes", "nr_blocks", "mpol"]);
const opposite: Record<string, string> = { exec: "noexec", suid: "nosuid", dev: "nodev", rw: "ro" };

/**
 * tmpfs(5) options over Docker's defaults of noexec, nosuid and nodev. A positive word lifts its default; the
 * last of contradicting words wins.
 */
export function parseTmpfsOptions(text: string): string[] {
  const result = new Set(["noexec", "nosuid", "nodev"]);
  for (const word of text.split(",").filter((part) => part !== "")) {
    const [name = "", value] = word.split("=");
    const known = value === undefined ? flags.has(name) : values.has(name);
    if (!known) throw invalid(`invalid tmpfs option ["${word}"]`);
    for (const [positive, negative] of Object.entries(opposite)) {
      if (name === positive) result.delete(negative);
      if (name === negative) result.delete(positive);
    }
    if (value !== undefined)
      for (const before of result) if (before.startsWith(`${name}=`)) result.delete(before);
    result.add(word);
  }
  return [...result];
}
