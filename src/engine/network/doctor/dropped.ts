import { type DroppingRule, droppingRules } from "../../../os/firewall/index.ts";
import { once } from "./attempt.ts";
import type { Patient } from "./patient.ts";
import type { Target } from "./target.ts";

/** So many packets at once: a rule that counts fewer has not dropped them. */
const PACKETS = 5;
/** Before a connection's first packet is sent again. */
const BURST_MS = 600;
const MOST_NAMED = 3;

/** What threw packets away, on the host or inside the container. */
export interface Dropped {
  /** Rules that counted what was sent. */
  readonly by: readonly LocatedRule[];
  /** Rules and policies that may have, but count nothing. */
  readonly maybe: readonly LocatedRule[];
}

export type LocatedRule = DroppingRule & { readonly inside: boolean };

/** Sends the packets that do not arrive again, and sees which rules that drop have counted them meanwhile. */
export async function findDrops(
  patient: Patient,
  target: Target,
  address: string,
  signal: AbortSignal,
): Promise<Dropped> {
  const before = await snapshot(patient, address);
  const burst = Array.from({ length: PACKETS }, () => once(patient, target, address, BURST_MS, signal));
  await Promise.all(burst);
  const after = await snapshot(patient, address);
  // Equal rules in one chain are told apart by their order.
  const counts = Map.groupBy(before, keyOf);
  const grown = after.filter((rule) => {
    const former = counts.get(keyOf(rule))?.shift();
    return (rule.packets ?? 0) - (former?.packets ?? rule.packets ?? 0) >= PACKETS;
  });
  const uncounted = after.filter(({ packets }) => packets === undefined);
  return { by: grown.slice(0, MOST_NAMED), maybe: uncounted.slice(0, MOST_NAMED) };
}

const keyOf = ({ inside, chain, rule }: LocatedRule): string => `${inside} ${chain} ${rule}`;

async function snapshot({ namespace }: Patient, address: string): Promise<LocatedRule[]> {
  const version = address.includes(":") ? 6 : 4;
  const path = `/proc/${process.pid}/fd/${namespace}`;
  const [host, own] = await Promise.all([
    droppingRules(version),
    droppingRules(version, { fd: namespace, path }),
  ]);
  const located = (inside: boolean) => (rule: DroppingRule) => ({ ...rule, inside });
  return [...host.map(located(false)), ...own.map(located(true))];
}
