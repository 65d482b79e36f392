import type { Chains } from "./chains.ts";
import { chainOf, isRule, targetOf, wordsOf } from "./saved.ts";

/**
 * A copy of INPUT and of all chains it leads to, for the table mangle, from the lines that iptables-save printed of
 * the table filter. What it accepts goes on its way; what it says nothing about meets INPUT's policy. Chains of
 * engines are left out: they do not concern what comes from outside.
 */
export function mirrorInput(chains: Chains, lines: readonly string[]): Map<string, string[]> {
  const declared = new Set(lines.filter((line) => !isRule(line)).map(chainOf));
  const policy = /^:INPUT (\S+)/m.exec(lines.join("\n"))?.[1] ?? "ACCEPT";
  const names = new Map([["INPUT", chains.mirror(0)]]);
  const copy = new Map<string, string[]>();
  // The map grows while it is walked, by every chain that is met.
  for (const [chain, name] of names) {
    const rules: string[] = [];
    for (const line of lines) {
      const target = targetOf(line);
      if (!line.startsWith(`-A ${chain} `) || /^(SLIPWAY|SLW)-/.test(target ?? "")) continue;
      if (target !== undefined && declared.has(target) && !names.has(target)) {
        names.set(target, chains.mirror(names.size));
      }
      rules.push(translate(line.slice(`-A ${chain} `.length), names));
    }
    copy.set(`mangle ${name}`, rules);
  }
  const check = [`-j ${chains.inside}`, `-j ${chains.mirror(0)}`, `-j ${policy}`];
  return copy.set(`mangle ${chains.check}`, check);
}

/** Where packets are not delivered yet they can be dropped, but not refused. */
function translate(rule: string, names: ReadonlyMap<string, string>): string {
  const words = wordsOf(rule);
  const at = words.findLastIndex((word) => word === "-j" || word === "-g");
  const target = words[at + 1];
  if (at < 0 || target === undefined) return rule;
  if (target === "REJECT") return [...words.slice(0, at), "-j", "DROP"].join(" ");
  return [...words.slice(0, at + 1), names.get(target) ?? target, ...words.slice(at + 2)].join(" ");
}
