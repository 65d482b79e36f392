import { once } from "./attempt.ts";
import { type LocatedRule, PacketFilters } from "./packet-filters.ts";
import type { Patient } from "./patient.ts";
import type { Place } from "./place.ts";
import type { Way } from "./route.ts";
import type { Target } from "./target.ts";

/** So many packets at once: a rule that counts fewer has not dropped them. */
const PACKETS = 5;
/** Before a connection's first packet is sent again. */
const BURST_MS = 600;
const MOST_NAMED = 3;

/** What threw packets away: on the host, or inside one of the containers at both ends. */
export interface Dropped {
  /** Rules that counted what was sent. */
  readonly by: readonly LocatedRule[];
  /** Rules and policies that may have, but count nothing. */
  readonly maybe: readonly LocatedRule[];
}

/** Sends the packets that do not arrive again, and sees which rules that drop have counted them meanwhile. */
export async function findDrops(
  patient: Patient,
  target: Target,
  { way: { address }, place }: { way: Way; place: Place },
  signal: AbortSignal,
): Promise<Dropped> {
  const version = address.includes(":") ? 6 : 4;
  using filters = new PacketFilters(patient, place);
  const before = await filters.rules(version);
  const burst = Array.from({ length: PACKETS }, () => once(patient, target, address, BURST_MS, signal));
  await Promise.all(burst);
  const after = await filters.rules(version);
  // Equal rules in one chain are told apart by their order.
  const counts = Map.groupBy(before, keyOf);
  const grown = after.filter((rule) => {
    const former = counts.get(keyOf(rule))?.shift();
    return (rule.packets ?? 0) - (former?.packets ?? rule.packets ?? 0) >= PACKETS;
  });
  const uncounted = after.filter(({ packets }) => packets === undefined);
  return { by: grown.slice(0, MOST_NAMED), maybe: uncounted.slice(0, MOST_NAMED) };
}

const keyOf = ({ where, chain, rule }: LocatedRule): string => `${where} ${chain} ${rule}`;
