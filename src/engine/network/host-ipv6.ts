import { readFileSync } from "node:fs";
import { ifThere } from "../../os/if-there.ts";

/**
 * Whether this host has IPv6: it is not switched off, and there is a default route. Networks are made for both
 * families then, unless the user says otherwise.
 */
export function hostHasIPv6(): boolean {
  if (read("/proc/sys/net/ipv6/conf/all/disable_ipv6").trim() !== "0") return false;
  return hasDefaultRoute(read("/proc/net/ipv6_route"));
}

const RTF_REJECT = 0x0200;

/** net/ipv6/route.c: destination, its length, source, its length, next hop, metric, references, uses, flags, device. */
export function hasDefaultRoute(table: string): boolean {
  return table.split("\n").some((line) => {
    const [destination = "", length, , , , , , , flags = "0", device] = line.trim().split(/\s+/);
    const rejects = (Number.parseInt(flags, 16) & RTF_REJECT) !== 0;
    return /^0{32}$/.test(destination) && length === "00" && device !== "lo" && !rejects;
  });
}

/** Empty where the kernel has no IPv6. */
function read(path: string): string {
  return ifThere(() => readFileSync(path, "utf8")) ?? "";
}
