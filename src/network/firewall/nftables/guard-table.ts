import type { Policy } from "../policy.ts";
import type { MirroredTable } from "./mirror.ts";

/** Set → its elements, in nft's language, each leading to nothing. */
export type Elements = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** After connection tracking (-200) and its helpers, before destinations are translated (-100). */
const FIRST_PRIORITY = -149;

const versions = [4, 6] as const;

/** What the sets of a guard hold: where we are inside, and what is published. */
export function guardElements({ networks, ports }: Policy): Elements {
  const inside = new Map(networks.map(({ bridge }): [string, string] => [`"${bridge}"`, ""]));
  const elements = new Map([["slipway_inside", inside]]);
  const add = (set: string, key: string) => {
    elements.get(set)?.set(key, "");
  };
  for (const version of versions) {
    for (const name of ["any", "at"]) elements.set(`slipway_${name}${version}`, new Map());
  }
  for (const port of ports) {
    const { protocol, hostIp, hostPort, address, containerPort, version, translated, direct } = port;
    const everywhere = ["", "0.0.0.0", "::"].includes(hostIp);
    if (translated && everywhere) add(`slipway_any${version}`, `${protocol} . ${hostPort}`);
    else if (translated) add(`slipway_at${version}`, `${hostIp} . ${protocol} . ${hostPort}`);
    if (direct === "any" || direct.length > 0)
      add(`slipway_at${version}`, `${address} . ${protocol} . ${containerPort}`);
  }
  return elements;
}

/** nft's JSON that makes one guarding table. */
export function guardedTable(
  name: string,
  { family, inputs, objects, refusal }: MirroredTable,
  elements: Elements,
): object[] {
  const place = { family, table: name };
  const closed = refusal !== undefined;
  const own = versions.filter((version) => family === "inet" || (family === "ip") === (version === 4));
  const add = (kind: string, properties: object) => ({ add: { [kind]: { ...place, ...properties } } });
  const set = (of: string, type: string | string[]) => {
    const keys = [...(elements.get(of)?.keys() ?? [])].map(asJson);
    return add("set", { name: of, type, ...(keys.length > 0 && { elem: keys }) });
  };
  return [
    { add: { table: { family, name } } },
    ...objects.map((object) => {
      const [[kind = "", properties = {}] = []] = Object.entries(object);
      return add(kind, properties);
    }),
    set("slipway_inside", "ifname"),
    ...own.flatMap((version) => [
      set(`slipway_any${version}`, ["inet_proto", "inet_service"]),
      set(`slipway_at${version}`, [`ipv${version}_addr`, "inet_proto", "inet_service"]),
    ]),
    ...inputs
      .toSorted((a, b) => a.priority - b.priority)
      .flatMap((input, index) => {
        const chain = `slipway_${index}`;
        const hook = { type: "filter", hook: "prerouting", prio: FIRST_PRIORITY + index, policy: "accept" };
        const rule = (...expr: object[]) => add("rule", { chain, expr });
        const verdict = closed ? { drop: null } : { goto: { target: `${chain}_check` } };
        const check = (expr: object) => add("rule", { chain: `${chain}_check`, expr: [expr] });
        return [
          add("chain", { name: chain, ...hook }),
          ...(closed ? [] : [add("chain", { name: `${chain}_check` })]),
          ...(closed ? [] : [check({ jump: { target: input.name } }), check({ [input.policy]: null })]),
          rule(match({ ct: { key: "state" } }, { set: ["established", "related"] }), { accept: null }),
          rule(match({ meta: { key: "iifname" } }, "lo"), { accept: null }),
          rule(match({ meta: { key: "iifname" } }, "@slipway_inside"), { accept: null }),
          ...own.flatMap((version) => published(version).map((matches) => rule(...matches, verdict))),
        ];
      }),
  ];
}

const match = (left: object, right: unknown) => ({ match: { op: "==", left, right } });

/** What packets to published ports look like before anything is translated. */
function published(version: 4 | 6): object[][] {
  const protocol = { meta: { key: "l4proto" } };
  const port = { payload: { protocol: "th", field: "dport" } };
  const address = { payload: { protocol: version === 4 ? "ip" : "ip6", field: "daddr" } };
  const isLocal = match({ fib: { result: "type", flags: ["daddr"] } }, "local");
  const isVersion = match({ meta: { key: "nfproto" } }, `ipv${version}`);
  return [
    [isVersion, isLocal, match({ concat: [protocol, port] }, `@slipway_any${version}`)],
    [match({ concat: [address, protocol, port] }, `@slipway_at${version}`)],
  ];
}

/** An element of nft's language in its JSON. */
function asJson(element: string): unknown {
  const words = element.split(" . ").map((word) => word.replaceAll('"', ""));
  const values = words.map((word) => (/^\d+$/.test(word) ? Number(word) : word));
  return values.length === 1 ? values[0] : { concat: values };
}
