import type { CountedRule } from "../backend.ts";

const COUNTER = /\bcounter packets (\d+) bytes (\d+) ?/;

/** The rules of these chains, and the elements that lead to these addresses, out of a table that nft listed. */
export function countedRules(
  listing: string,
  chains: ReadonlySet<string>,
  addresses: ReadonlySet<string>,
): CountedRule[] {
  const found: CountedRule[] = [];
  let [kind, name]: string[] = [];
  for (const line of listing.split("\n").map((it) => it.trim())) {
    const opening = /^(chain|map|set) (\S+) \{$/.exec(line);
    if (opening !== null) [, kind, name] = opening;
    else if (kind === "chain" && chains.has(name ?? "")) {
      if (COUNTER.test(line)) found.push(counted(`${kind} ${name}`, line));
    } else if (kind !== "chain") {
      for (const element of elementsOf(line)) {
        if (element.split(" ").some((word) => addresses.has(word)))
          found.push(counted(`${kind} ${name}`, element));
      }
    }
  }
  return found;
}

/** Elements are listed several to a line, each ending with a comma but the last. */
const elementsOf = (line: string): string[] =>
  line
    .replace(/^elements = \{ /, "")
    .replace(/ \}$/, "")
    .split(/,\s*/)
    .filter((it) => it !== "");

function counted(chain: string, text: string): CountedRule {
  const [, packets, bytes] = COUNTER.exec(text) ?? [];
  return { chain, rule: text.replace(COUNTER, ""), packets: Number(packets ?? 0), bytes: Number(bytes ?? 0) };
}
