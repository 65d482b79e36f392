import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { errnoOf, invalid, messageOf, unavailable } from "../errors/index.ts";
import { ifThere } from "../os/if-there.ts";

const pathOf = (name: string): string => `/proc/sys/${name.includes("/") ? name : name.replaceAll(".", "/")}`;

/**
 * Sets a kernel setting of the network namespace that this thread is in. Names are as sysctl(8) takes them,
 * with dots or, where an interface's name has dots itself, slashes; only `net` settings belong to a namespace.
 */
export function writeSysctl(name: string, value: string): void {
  const path = pathOf(name);
  if (!/^\/proc\/sys\/net(\/[\w.-]+)+$/.test(path) || path.includes("..")) {
    throw invalid(`sysctl "${name}" is not a setting of a network; names start with "net."`);
  }
  try {
    writeFileSync(path, value);
  } catch (error) {
    const errno = errnoOf(error);
    const reason = errno === "ENOENT" ? "the kernel has no such setting" : errno;
    throw invalid(`cannot set the sysctl "${name}" to "${value}": ${reason}`, {
      cause: error,
      ...(errno && { errno }),
    });
  }
}

/** A kernel setting of the network namespace that this thread is in; undefined when the kernel lacks it. */
export function readSysctl(name: string): string | undefined {
  return ifThere(() => readFileSync(pathOf(name), "utf8").trim());
}

/**
 * Sets a setting of the host only where it differs: it may be read-only, and then is fine as it is. `unavailable`
 * when it cannot be set, with what it is needed for: "the network x needs …".
 */
export function ensureSysctl(name: string, value: string, need: string): void {
  if (readSysctl(name) === value) return;
  try {
    writeSysctl(name, value);
  } catch (error) {
    throw unavailable(`${need}, but ${messageOf(error)}; set it on the host and try again`, { cause: error });
  }
}

/** Why networks cannot have IPv6 on this host, as the end of a sentence; undefined when they can. */
export function whyNoIPv6(): string | undefined {
  if (!existsSync("/proc/sys/net/ipv6/conf/all"))
    return "its kernel has no IPv6 or was started with ipv6.disable=1";
  if (readSysctl("net.ipv6.conf.all.disable_ipv6") === "1") {
    return 'IPv6 is turned off by "sysctl net.ipv6.conf.all.disable_ipv6=1"';
  }
  return undefined;
}
