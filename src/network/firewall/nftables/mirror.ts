import { systemError } from "../../../errors/index.ts";
import type { NftObject } from "../../../os/firewall/index.ts";

/** A base chain at the input hook. */
export interface InputChain {
  readonly name: string;
  readonly priority: number;
  readonly policy: "accept" | "drop";
}

/** What one table of the host's does with packets for the host, ready to be made anew in a table of another name. */
export interface MirroredTable {
  readonly family: "inet" | "ip" | "ip6";
  readonly inputs: readonly InputChain[];
  /** Chains, then sets and what else they use, then rules; none of them names its table. */
  readonly objects: readonly NftObject[];
  /** Why there are none: what the table would decide about is to be dropped. */
  readonly refusal?: string;
}

/** The base chains at the input hook among these. */
export function inputChains(chains: readonly NftObject[]): { table: string; input: InputChain }[] {
  return chains.flatMap(({ chain }) => {
    if (chain?.hook !== "input" || chain.type !== "filter" || chain.name === undefined) return [];
    const { name, prio, policy } = chain;
    const input = { name, priority: Number(prio), policy: policy === "drop" ? "drop" : "accept" } as const;
    return [{ table: `${chain.family} ${chain.table}`, input }];
  });
}

/** Copies what the input chains lead to out of a table that nft listed. */
export function mirrorTable(
  family: MirroredTable["family"],
  inputs: readonly InputChain[],
  listed: readonly NftObject[],
): MirroredTable {
  const named = listed.flatMap((object) => {
    const [kind = "", properties = {}] = Object.entries(object)[0] ?? [];
    return kind === "chain" || kind === "rule" || kind === "table" || kind === "metainfo"
      ? []
      : [{ kind, properties }];
  });
  const chains = new Set(inputs.map(({ name }) => name));
  const others = new Set<string>();
  const rules: NftObject[] = [];
  // Both sets grow while they are walked, by everything that is met.
  for (const chain of chains) {
    for (const { rule } of listed) {
      if (rule?.chain !== chain) continue;
      const expr = translate(rule.expr);
      rules.push({ rule: { chain, expr } });
      collect(expr, chains, others);
    }
    for (const name of others) {
      for (const { properties } of named)
        if (properties.name === name) collect(properties.elem, chains, others);
    }
  }
  const used = named.filter(({ properties }) => others.has(properties.name ?? ""));
  return {
    family,
    inputs,
    objects: [
      ...[...chains].map((name) => ({ chain: { name } })),
      ...used.map(({ kind, properties }) => ({ [kind]: bare(properties) })),
      ...rules,
    ],
  };
}

/** What belongs to the place an object was read from, or changes while it is there. */
const passing = ["family", "table", "handle", "index", "expires", "comment"];

function bare(properties: NftObject[string]): NftObject[string] {
  const { packets: _, bytes: __, used: ___, ...rest } = properties;
  return Object.fromEntries(
    Object.entries(translate(rest) as object).filter(([name]) => !passing.includes(name)),
  );
}

/** Where packets are not delivered yet they can be dropped, but not refused; counters begin anew. */
function translate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translate);
  if (typeof value !== "object" || value === null) return value;
  if ("reject" in value) return { drop: null };
  if ("xt" in value) throw systemError("a rule that iptables made can only be read by iptables");
  const entries = Object.entries(value).filter(([name]) => name !== "expires");
  return Object.fromEntries(
    entries.map(([name, it]) => [name, name === "counter" && typeof it === "object" ? null : translate(it)]),
  );
}

/** Finds the chains that a rule or an element leads to, and the sets and other objects that it names. */
function collect(value: unknown, chains: Set<string>, others: Set<string>): void {
  if (typeof value === "string" && value.startsWith("@")) others.add(value.slice(1));
  if (typeof value !== "object" || value === null) return;
  for (const [name, it] of Object.entries(value)) {
    const target = typeof it === "object" && it !== null && "target" in it ? it.target : undefined;
    if ((name === "jump" || name === "goto") && typeof target === "string") chains.add(target);
    else if (["counter", "quota", "limit", "ct helper"].includes(name) && typeof it === "string")
      others.add(it);
    else collect(it, chains, others);
  }
}
