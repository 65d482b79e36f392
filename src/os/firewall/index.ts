/** The host's packet filter, through iptables' and nftables' own programs: what they show is what is in force. */
export { type Flows, forgetFlows } from "./conntrack.ts";
export { type DroppingRule, droppingRules } from "./dropping.ts";
export { RulesetGeneration } from "./generation.ts";
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
