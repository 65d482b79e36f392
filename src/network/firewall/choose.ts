import { unavailable } from "../../errors/index.ts";
import { hasNftables, hostVariant, type OtherNamespace, type Variant } from "../../os/firewall/index.ts";

export const backendNames = ["iptables", "nftables"] as const;
export type BackendName = (typeof backendNames)[number];

export const firewallModes = ["open", "respect"] as const;
/** Whether published traffic must pass the host's own input rules (`respect`) or goes past them, as with Docker. */
export type FirewallMode = (typeof firewallModes)[number];

/** Which program carries the policy out; with iptables, where its rules live. */
export type Choice = { readonly name: "iptables"; readonly variant: Variant } | { readonly name: "nftables" };

/** What was asked for, or nftables where iptables is not installed. `unavailable` when nothing suits. */
export async function chooseBackend(
  wanted: BackendName,
  namespace?: OtherNamespace,
): Promise<Choice & { readonly fallback: boolean }> {
  if (wanted === "nftables") {
    if (!hasNftables()) {
      throw unavailable(
        'nft is not installed; install the package "nftables", or start the engine with --firewall-backend=iptables',
      );
    }
    return { name: "nftables", fallback: false };
  }
  const variant = await hostVariant(namespace);
  if (variant !== undefined) return { name: "iptables", variant, fallback: false };
  if (hasNftables()) return { name: "nftables", fallback: true };
  throw unavailable(
    'neither iptables nor nft is installed; install the package "iptables" or "nftables", or start the engine with --iptables=false',
  );
}
