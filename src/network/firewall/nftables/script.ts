import type { NftObject } from "../../../os/firewall/index.ts";
import type { Ruleset } from "./rules.ts";

/** Makes the table as it is wanted, in the place of one of that name. */
export function replaceScript(table: string, { chains, sets, elements }: Ruleset): string {
  const content = [
    ...[...sets].map(([name, declaration]) => {
      const [kind = "", body = ""] = split(declaration);
      return `${kind} ${name} ${body}`;
    }),
    // Chains may lead to any other.
    ...[...chains].filter(([, lines]) => !isHook(lines)).map(([name]) => `chain ${name} { }`),
    ...[...chains].map(([name, lines]) => `chain ${name} {\n${lines.join("\n")}\n}`),
  ];
  const filled = [...elements].map(([set, all]) => elementCommand("add", table, set, all));
  return [
    // A table can only be deleted where it is.
    `table ${table} { }`,
    `delete table ${table}`,
    `table ${table} {`,
    ...content,
    "}",
    ...filled,
  ].join("\n");
}

/** Goes from one content of the table to another, changing only what differs. Empty where nothing does. */
export function changeScript(table: string, from: Ruleset, to: Ruleset): string {
  const made: string[] = [];
  const filled: string[] = [];
  for (const [chain, lines] of to.chains) {
    const before = from.chains.get(chain);
    if (before !== undefined && same(before, lines)) continue;
    made.push(before === undefined ? `add chain ${table} ${chain}` : `flush chain ${table} ${chain}`);
    filled.push(
      ...lines.filter((line) => !isHook([line])).map((line) => `add rule ${table} ${chain} ${line}`),
    );
  }
  const changes = [...to.elements]
    .filter(([set, wanted]) => from.elements.get(set) !== wanted)
    .map(([set, wanted]) => elementChanges(table, set, from.elements.get(set), wanted));
  const gone = [...from.chains.keys()].filter((chain) => !to.chains.has(chain));
  const removed = gone.flatMap((chain) => [
    `flush chain ${table} ${chain}`,
    `delete chain ${table} ${chain}`,
  ]);
  return [...made, ...filled, ...changes, ...removed].filter((line) => line !== "").join("\n");
}

export function elementChanges(
  table: string,
  set: string,
  from: ReadonlyMap<string, string> = new Map(),
  to: ReadonlyMap<string, string>,
): string {
  const removed = [...from]
    .filter(([key, value]) => to.get(key) !== value)
    .map(([key]) => [key, ""] as const);
  const added = [...to].filter(([key, value]) => from.get(key) !== value);
  return [
    elementCommand("delete", table, set, new Map(removed)),
    elementCommand("add", table, set, new Map(added)),
  ].join("\n");
}

function elementCommand(
  verb: "add" | "delete",
  table: string,
  set: string,
  elements: ReadonlyMap<string, string>,
): string {
  if (elements.size === 0) return "";
  const list = [...elements].map(([key, value]) => (value === "" ? key : `${key} : ${value}`));
  return `${verb} element ${table} ${set} { ${list.join(", ")} }`;
}

/** Is the table, as nft lists it, what was made? Counts rules and elements: nft prints them variously. */
export function isInForce({ chains, elements }: Ruleset, listed: readonly NftObject[]): boolean {
  const rules = new Map<string, number>();
  const present = new Map<string, number>();
  for (const { rule, set, map } of listed) {
    const chain = rule?.chain ?? "";
    if (rule !== undefined) rules.set(chain, (rules.get(chain) ?? 0) + 1);
    const it = set ?? map;
    if (it?.name !== undefined) present.set(it.name, it.elem?.length ?? 0);
  }
  const names = new Set(listed.map(({ chain }) => chain?.name));
  return (
    [...chains].every(
      ([chain, lines]) =>
        names.has(chain) && (rules.get(chain) ?? 0) === lines.filter((line) => !isHook([line])).length,
    ) && [...elements].every(([set, all]) => present.get(set) === all.size)
  );
}

const isHook = ([first]: readonly string[]): boolean => first?.startsWith("type ") ?? false;

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((line, index) => line === b[index]));

/** "map { … }" as its kind and its body. */
const split = (declaration: string): [string, string] => {
  const at = declaration.indexOf(" ");
  return [declaration.slice(0, at), declaration.slice(at + 1)];
};
