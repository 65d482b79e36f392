import { Iptables, type IpVersion, type OtherNamespace, type Variant } from "../../../os/firewall/index.ts";
import type { Remains } from "../remains.ts";
import { chainsOf, keyOf } from "./chains.ts";
import { chainOf, isRule, parseSavedRules, type SavedRules } from "./saved.ts";
import { assertScript } from "./script.ts";

/** What engines, whichever, have in the tables of one of iptables' programs. */
export async function iptablesRemains(
  version: IpVersion,
  variant: Variant,
  namespace?: OtherNamespace,
): Promise<Remains[]> {
  const program = new Iptables(version, variant, namespace);
  const saved = parseSavedRules(await program.save());
  const lines = [...saved.values()].flat();
  const byKey = Map.groupBy(lines, (line) => keyOf(chainOf(line)) ?? "");
  byKey.delete("");
  return [...byKey].map(([key, its]) => {
    const { user } = chainsOf(key);
    // What administrators wrote says nothing about the engine.
    const rules = its.filter((line) => isRule(line) && chainOf(line) !== user);
    return { key, ...namesIn(rules), remove: () => remove(program, saved, key) };
  });
}

/** A network's bridge is what packets leave by; what they come in by may be anything. */
function namesIn(rules: readonly string[]): Pick<Remains, "bridges" | "isEmpty"> {
  const bridges = rules.map((rule) => / -o (\S+)/.exec(rule)?.[1]).filter((name) => name !== undefined);
  return { bridges, isEmpty: rules.length === 0 };
}

/** The administrator's chain stays where it has rules, as at our own removal; what engines share is not looked at. */
async function remove(program: Iptables, saved: SavedRules, key: string): Promise<boolean> {
  const script = assertScript({ chains: new Map(), hooks: [], kept: [] }, saved, chainsOf(key));
  if (script !== "") await program.restore(script);
  return script !== "";
}
