import { readFileSync, writeFileSync } from "node:fs";
import { errnoOf, invalid } from "../errors/index.ts";

/**
 * Sets a kernel setting of the network namespace that this thread is in. Names are as sysctl(8) takes them,
 * with dots or, where an interface's name has dots itself, slashes; only `net` settings belong to a namespace.
 */
export function writeSysctl(name: string, value: string): void {
  const path = name.includes("/") ? name : name.replaceAll(".", "/");
  if (!/^net(\/[\w.-]+)+$/.test(path) || path.includes("..")) {
    throw invalid(`sysctl "${name}" is not a setting of a network; names start with "net."`);
  }
  try {
    writeFileSync(`/proc/sys/${path}`, value);
  } catch (error) {
    const errno = errnoOf(error);
    const reason = errno === "ENOENT" ? "the kernel has no such setting" : errno;
    throw invalid(`cannot set the sysctl "${name}" to "${value}": ${reason}`, {
      cause: error,
      ...(errno && { errno }),
    });
  }
}

/** Sets a setting of the host only where it differs: it may be read-only, and then is fine as it is. */
export function ensureSysctl(name: string, value: string): void {
  if (readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").trim() !== value)
    writeSysctl(name, value);
}
