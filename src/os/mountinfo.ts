import { readFileSync } from "node:fs";

/** A line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface MountInfo {
  id: number;
  parent: number;
  /** `major:minor`. */
  device: string;
  /** The directory of the file system that is the mount's root. */
  root: string;
  target: string;
  options: string[];
  /** `shared:2`, `master:1`, `propagate_from:3`, `unbindable`. */
  propagation: string[];
  type: string;
  source: string;
  superOptions: string[];
}

/** The mounts that this process sees, in the order they were made. */
export function readMountInfo(): MountInfo[] {
  return parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"));
}

export function parseMountInfo(text: string): MountInfo[] {
  return text.split("\n").filter(Boolean).map(parseLine);
}

function parseLine(line: string): MountInfo {
  const [before = "", after = ""] = line.split(" - ");
  const [id = "", parent = "", device = "", root = "", target = "", options = "", ...propagation] =
    before.split(" ");
  const [type = "", source = "", superOptions = ""] = after.split(" ");
  return {
    id: Number(id),
    parent: Number(parent),
    device,
    root: unescapeOctal(root),
    target: unescapeOctal(target),
    options: options.split(","),
    propagation,
    type,
    source: unescapeOctal(source),
    superOptions: superOptions.split(","),
  };
}

/** Space, tab, newline and backslash are written as octal numbers. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
