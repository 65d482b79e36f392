import { type Chains, DOCKER_USER, type Table } from "./chains.ts";
import type { Rendering } from "./rules.ts";
import { chainOf, isRule, type SavedRules, targetOf } from "./saved.ts";

/** In this order nothing is let in before it is filtered. */
const tables: readonly Table[] = ["mangle", "raw", "filter", "nat"];

const script = (table: Table, lines: readonly string[]): string =>
  lines.length === 0 ? "" : `*${table}\n${lines.join("\n")}\nCOMMIT\n`;

/** The chains of a rendering in one table, with their rules. */
function chainsIn({ chains }: Rendering, table: Table): Map<string, readonly string[]> {
  const prefix = `${table} `;
  const found = [...chains].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, rules]) => [name.slice(prefix.length), rules]));
}

const keptIn = ({ kept }: Rendering, table: Table): string[] =>
  kept.filter((name) => name.startsWith(`${table} `)).map((name) => name.slice(table.length + 1));

const declared = (lines: readonly string[]) => new Set(lines.filter((line) => !isRule(line)).map(chainOf));

/** Deletions of every jump from others' chains to ours, in whatever form. */
function jumpDeletions(lines: readonly string[], isOurs: (chain: string) => boolean): string[] {
  return lines
    .filter((line) => isRule(line) && !isOurs(chainOf(line)) && isOurs(targetOf(line) ?? ""))
    .map((line) => `-D ${line.slice("-A ".length)}`);
}

/** Puts everything in place, whatever state it is in; what is ours and no longer wanted goes. */
export function assertScript(rendering: Rendering, saved: SavedRules, { isOurs, user }: Chains): string {
  const scripts = tables.map((table) => {
    const lines = saved.get(table) ?? [];
    const present = declared(lines);
    const wanted = chainsIn(rendering, table);
    const kept = keptIn(rendering, table);
    const own = [...present].filter(isOurs);
    // The administrator's rules outlive even what is wanted of the chain.
    const isFilled = (chain: string) => chain === user && lines.some((it) => it.startsWith(`-A ${user} `));
    const stale = own.filter((chain) => !wanted.has(chain) && !kept.includes(chain) && !isFilled(chain));
    const missing = kept.filter((chain) => !present.has(chain));
    const hooks = rendering.hooks.filter((hook) => hook.table === table);
    return script(table, [
      ...[...wanted.keys(), ...stale, ...missing].map((chain) => `:${chain} - [0:0]`),
      ...jumpDeletions(lines, isOurs),
      // Each goes to the top, so the last inserted comes first.
      ...hooks
        .filter(({ place }) => place === "top")
        .toReversed()
        .map(({ from, rule }) => `-I ${from} 1 ${rule}`),
      ...hooks.filter(({ place }) => place === "end").map(({ from, rule }) => `-A ${from} ${rule}`),
      ...[...wanted].flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
      ...stale.map((chain) => `-X ${chain}`),
    ]);
  });
  return scripts.join("");
}

/**
 * Goes from one rendering to another, changing only what differs. What guards (all but `nat`) is there before what
 * it guards, and leaves after it.
 */
export function changeScript(from: Rendering, to: Rendering): string {
  const changes = new Map(tables.map((table) => [table, change(chainsIn(from, table), chainsIn(to, table))]));
  const of = (table: Table) => changes.get(table) ?? { added: [], removed: [] };
  const guards = tables.filter((table) => table !== "nat");
  return [
    ...guards.map((table) => script(table, of(table).added)),
    script("nat", [...of("nat").removed, ...of("nat").added]),
    ...guards.map((table) => script(table, of(table).removed)),
  ].join("");
}

interface Change {
  readonly added: string[];
  readonly removed: string[];
}

function change(
  from: ReadonlyMap<string, readonly string[]>,
  to: ReadonlyMap<string, readonly string[]>,
): Change {
  const gone = [...from.keys()].filter((chain) => !to.has(chain));
  const made = [...to.keys()].filter((chain) => !from.has(chain));
  const added = made.map((chain) => `:${chain} - [0:0]`);
  const removed: string[] = [];
  for (const [chain, rules] of to) {
    const before = from.get(chain) ?? [];
    if (before === rules) continue;
    added.push(...without(rules, before).map((rule) => `-A ${chain} ${rule}`));
    removed.push(...without(before, rules).map((rule) => `-D ${chain} ${rule}`));
  }
  removed.push(...gone.map((chain) => `-F ${chain}`), ...gone.map((chain) => `-X ${chain}`));
  return { added, removed };
}

/** The rules of the first list that the second lacks, counting those that are there several times. */
function without(rules: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const rule of others) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return rules.filter((rule) => {
    const count = counts.get(rule) ?? 0;
    counts.set(rule, count - 1);
    return count <= 0;
  });
}

/** Removes what is ours and, of the chains that administrators fill, those that are empty and unused. */
export function removalScript(saved: SavedRules, chains: Chains): string {
  const empty: Rendering = { chains: new Map(), hooks: [], kept: [] };
  const lines = saved.get("filter") ?? [];
  const isUsed = lines.some((line) => {
    if (!isRule(line)) return false;
    return chainOf(line) === DOCKER_USER || (targetOf(line) === DOCKER_USER && !chains.isOurs(chainOf(line)));
  });
  const unshare = declared(lines).has(DOCKER_USER) && !isUsed ? script("filter", [`-X ${DOCKER_USER}`]) : "";
  return assertScript(empty, saved, chains) + unshare;
}

/** Is everything that `assertScript` puts in place still there? Counts rules: programs print them variously. */
export function isInForce(rendering: Rendering, saved: SavedRules): boolean {
  return tables.every((table) => {
    const lines = saved.get(table) ?? [];
    const present = declared(lines);
    const counts = new Map<string, number>();
    for (const line of lines) {
      if (isRule(line)) counts.set(chainOf(line), (counts.get(chainOf(line)) ?? 0) + 1);
    }
    const complete = [...chainsIn(rendering, table)].every(
      ([chain, rules]) => present.has(chain) && (counts.get(chain) ?? 0) === rules.length,
    );
    const hooked = rendering.hooks
      .filter((hook) => hook.table === table)
      .every(({ from, rule }) => {
        const target = targetOf(` ${rule}`);
        return lines.some((line) => line.startsWith(`-A ${from} `) && targetOf(line) === target);
      });
    return complete && hooked && keptIn(rendering, table).every((chain) => present.has(chain));
  });
}
