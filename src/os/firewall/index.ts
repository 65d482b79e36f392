/** The host's packet filter, through iptables' own programs: what they show is what is in force. */
export { forgetUdpFlows } from "./conntrack.ts";
export { RulesetGeneration } from "./generation.ts";
export { restoreRules, saveRules, usesNfTables } from "./iptables.ts";
