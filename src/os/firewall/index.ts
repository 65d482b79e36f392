/** The host's packet filter, through iptables' and nftables' own programs: what they show is what is in force. */
export { forgetUdpFlows } from "./conntrack.ts";
export { RulesetGeneration } from "./generation.ts";
export { restoreRules, saveRules, usesNfTables } from "./host-rules.ts";
export {
  hasIptables,
  hasVariant,
  hostVariant,
  Iptables,
  type IpVersion,
  isInUse,
  type Variant,
} from "./iptables.ts";
export { hasNftables, Nftables, type NftObject, type NftProperties } from "./nftables.ts";
export { isInstalled, type OtherNamespace, within } from "./program.ts";
