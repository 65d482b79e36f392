import {
  type Chains,
  destinationRule,
  type FilteredBridge,
  filterRules,
  jumps,
  type PublishedPort,
  sourceRules,
  type Table,
} from "./rules.ts";

/** All that an engine wants the packet filter to do. */
export interface DesiredRules {
  readonly bridges: readonly FilteredBridge[];
  readonly ports: readonly PublishedPort[];
}

/** Rules as iptables-save printed them: table → its lines. */
export type SavedRules = ReadonlyMap<string, readonly string[]>;

export function parseSavedRules(text: string): SavedRules {
  const tables = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) {
      lines = [];
      tables.set(line.slice(1), lines);
    } else if (line.startsWith(":") || line.startsWith("-A ")) lines.push(line);
  }
  return tables;
}

const script = (table: Table, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `*${table}\n${lines.join("\n")}\nCOMMIT\n`;

const ownChains = (chains: Chains): Record<Table, string[]> => ({
  filter: [chains.forward, chains.input],
  nat: [chains.dnat, chains.snat],
});

const isJumpTo = (chain: string) => (line: string) => line.startsWith("-A ") && line.endsWith(` -j ${chain}`);

const exists = (lines: readonly string[], chain: string) =>
  lines.some((line) => line.startsWith(`:${chain} `));

/** Deletions of every jump to our chains that exists, in whatever form. */
function jumpDeletions(table: Table, lines: readonly string[], chains: Chains): string[] {
  const targets = [...ownChains(chains)[table], chains.user];
  return lines
    .filter((line) => targets.some((chain) => isJumpTo(chain)(line)))
    .map((line) => `-D ${line.slice("-A ".length)}`);
}

/** Puts everything in place, whatever state it is in; the administrator's chain keeps its rules. */
export function assertScript(chains: Chains, desired: DesiredRules, saved: SavedRules): string {
  const rules = rulesOf(chains, desired);
  const scripts = (["filter", "nat"] as const).map((table) => {
    const lines = saved.get(table) ?? [];
    const declared = ownChains(chains)[table];
    if (table === "filter" && !exists(lines, chains.user)) declared.push(chains.user);
    return script(table, [
      ...declared.map((chain) => `:${chain} - [0:0]`),
      ...jumpDeletions(table, lines, chains),
      // Each goes to the top, so the last inserted comes first.
      ...jumps(chains)
        [table].toReversed()
        .map(({ from, rule }) => `-I ${from} 1 ${rule}`),
      ...rules[table],
    ]);
  });
  return scripts.join("");
}

/** One transaction from one set of published ports to another. */
export function portsScript(chains: Chains, from: ReadonlySet<string>, to: ReadonlySet<string>): string {
  const removed = [...from].filter((rule) => !to.has(rule)).map((rule) => `-D ${chains.dnat} ${rule}`);
  const added = [...to].filter((rule) => !from.has(rule)).map((rule) => `-A ${chains.dnat} ${rule}`);
  return script("nat", [...removed, ...added]);
}

/** Removes what is ours; the administrator's chain stays, unhooked, if it has rules. */
export function removalScript(chains: Chains, saved: SavedRules): string {
  const scripts = (["filter", "nat"] as const).map((table) => {
    const lines = saved.get(table) ?? [];
    const doomed = ownChains(chains)[table].filter((chain) => exists(lines, chain));
    const userRules = lines.some((line) => line.startsWith(`-A ${chains.user} `));
    if (exists(lines, chains.user) && !userRules) doomed.push(chains.user);
    return script(table, [
      ...jumpDeletions(table, lines, chains),
      ...doomed.map((chain) => `-F ${chain}`),
      ...doomed.map((chain) => `-X ${chain}`),
    ]);
  });
  return scripts.join("");
}

/** Is everything that `assertScript` puts in place still there? Counts rules: programs print them variously. */
export function isInForce(chains: Chains, desired: DesiredRules, saved: SavedRules): boolean {
  const rules = rulesOf(chains, desired);
  return (["filter", "nat"] as const).every((table) => {
    const lines = saved.get(table) ?? [];
    const count = (chain: string, among: readonly string[]) =>
      among.filter((line) => line.startsWith(`-A ${chain} `)).length;
    const complete = ownChains(chains)[table].every(
      (chain) => exists(lines, chain) && count(chain, lines) === count(chain, rules[table]),
    );
    const hooked = jumps(chains)[table].every(({ from, rule }) => {
      const target = isJumpTo(rule.slice(rule.lastIndexOf(" ") + 1));
      return lines.some((line) => line.startsWith(`-A ${from} `) && target(line));
    });
    return complete && hooked;
  });
}

function rulesOf(chains: Chains, { bridges, ports }: DesiredRules): Record<Table, string[]> {
  return {
    filter: filterRules(chains, bridges),
    nat: [
      ...ports.map((port) => `-A ${chains.dnat} ${destinationRule(port)}`),
      ...sourceRules(chains, bridges),
    ],
  };
}
