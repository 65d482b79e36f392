import type { Ulimit } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";

const names = new Set([
  ..."core cpu data fsize locks memlock msgqueue nice".split(" "),
  ..."nofile nproc rss rtprio rttime sigpending stack".split(" "),
]);

/** `nofile=1024` or `nofile=1024:2048`; -1 is unlimited. */
export function parseUlimit(text: string): Ulimit {
  const [name, value] = cut(text, "=");
  if (value === undefined) throw wrong(`invalid ulimit argument: ${text}`);
  if (!names.has(name)) throw wrong(`invalid ulimit type: ${name}`);
  const limits = value.split(":");
  if (limits.length > 2)
    throw wrong(`too many limit value arguments - ${value}, can only have up to two, \`soft[:hard]\``);
  const [soft, hard = soft] = limits.map((limit) => {
    if (!/^-?\d+$/.test(limit))
      throw wrong(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
    return Number(limit);
  });
  if (hard !== -1 && (soft === -1 || soft! > hard!)) {
    const shown =
      soft === -1
        ? "soft: -1 (unlimited)"
        : `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`;
    throw wrong(
      soft === -1
        ? `ulimit soft limit must be less than or equal to hard limit: ${shown}, hard: ${hard}`
        : shown,
    );
  }
  return { Name: name, Soft: soft!, Hard: hard! };
}

/** One limit a name, the last wins, as docker sends them. */
export function distinctUlimits(limits: readonly Ulimit[]): Ulimit[] {
  const last = new Map(limits.map((limit) => [limit.Name, limit]));
  return [...last.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1));
}
