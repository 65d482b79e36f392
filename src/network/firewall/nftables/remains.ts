import { Nftables, type NftObject, type OtherNamespace } from "../../../os/firewall/index.ts";
import type { Remains } from "../remains.ts";

/** What engines, whichever, have as tables of nf_tables. */
export async function nftablesRemains(namespace?: OtherNamespace): Promise<Remains[]> {
  const nft = new Nftables(namespace);
  const found: Remains[] = [];
  for (const table of await nft.tables()) {
    const key = keyOf(table);
    if (key === undefined) continue;
    const remove = async () => {
      await nft.apply(`delete table ${table}`);
      return true;
    };
    // A table without a network harms nobody, and may be of an engine that has none yet.
    found.push({ key, bridges: bridgesIn(await nft.json(table)), isEmpty: false, remove });
  }
  return found;
}

/** `inet slipway-KEY`, or `FAMILY slipway-guard-KEY-NUMBER`. */
const keyOf = (table: string): string | undefined =>
  / slipway-guard-(.+)-\d+$/.exec(table)?.[1] ?? /^inet slipway-(.+)$/.exec(table)?.[1];

/** The keys of the maps and sets of interfaces. */
function bridgesIn(listed: readonly NftObject[]): string[] {
  return listed
    .map(({ map, set }) => map ?? set)
    .filter((it) => it?.type === "ifname")
    .flatMap((it) => it?.elem ?? [])
    .map((element) => String(Array.isArray(element) ? element[0] : element));
}
