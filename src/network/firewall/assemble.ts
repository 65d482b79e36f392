import {
  hasNftables,
  hasVariant,
  type IpVersion,
  isInUse,
  type OtherNamespace,
  type Variant,
} from "../../os/firewall/index.ts";
import type { Backend } from "./backend.ts";
import { type BackendName, chooseBackend, type FirewallMode } from "./choose.ts";
import { IptablesBackend, type Render } from "./iptables/backend.ts";
import { type Chains, chainsOf } from "./iptables/chains.ts";
import { merge, renderGuard } from "./iptables/guard.ts";
import { policyRenderer } from "./iptables/rules.ts";
import { Layers } from "./layers.ts";
import { NftablesBackend } from "./nftables/backend.ts";
import { NftGuard } from "./nftables/guard.ts";
import { removeOrphans } from "./orphans.ts";

export type Log = (level: "debug" | "info" | "warn" | "error", message: string) => void;

export interface FirewallSettings {
  readonly backend: BackendName;
  readonly mode: FirewallMode;
  /** False leaves the packet filter for IPv6 alone. */
  readonly ipv6: boolean;
}

interface Place {
  readonly engineKey: string;
  readonly settings: FirewallSettings;
  readonly log: Log;
  readonly namespace?: OtherNamespace;
}

export interface Assembly {
  readonly backend: Backend;
  /** Does some of it live now in tables that keep no generation, and must be listed to be seen? */
  readonly legacy: () => boolean;
  /** Every how many looks they are to be listed, which takes 5 ms and more. */
  readonly legacyLooks: number;
  /** Removes what engines left that are gone for good. */
  readonly sweep: () => Promise<void>;
}

/** What carries out the policy of this engine on this host. */
export async function assemble(place: Place): Promise<Assembly> {
  const { engineKey, settings, log, namespace } = place;
  const choice = await chooseBackend(settings.backend, namespace);
  if (choice.fallback) log("warn", "iptables is not installed; using nftables instead");
  const chains = chainsOf(engineKey);
  const main: Render = policyRenderer(chains);
  const guard: Render = (policy, version, saved, closed) =>
    renderGuard(chains, policy, version, saved, closed);
  const variants = (["nft", "legacy"] as const).filter((variant) => hasVariant(4, variant));
  const respect = settings.mode === "respect";
  const iptables = (variant: Variant, render: Render) =>
    new IptablesBackend(options(place, chains, variant), render);
  const secondary = (variant: Variant, render: Render) =>
    new IptablesBackend({ ...options(place, chains, variant), secondary: true }, render);
  const others = choice.name === "iptables" ? variants.filter((it) => it !== choice.variant) : variants;
  const guards: Backend[] = respect ? others.map((variant) => secondary(variant, guard)) : [];
  const leftovers: Backend[] = respect ? [] : others.map((variant) => secondary(variant, main));
  if (hasNftables()) {
    const native = new NftGuard({
      engineKey,
      isForeign: (table) => variants.includes("nft") && /^ip6? filter$/.test(table),
      refused: refusal(log, "nftables"),
      ...(namespace && { namespace }),
    });
    (respect ? guards : leftovers).push(native);
    if (choice.name === "iptables") leftovers.push(new NftablesBackend(engineKey, namespace));
  }
  const both: Render = (...facts) => merge(guard(...facts), main(...facts));
  const backend =
    choice.name === "iptables"
      ? iptables(choice.variant, respect ? both : main)
      : new NftablesBackend(engineKey, namespace);
  const legacy = () =>
    (choice.name === "iptables" && choice.variant === "legacy") ||
    (respect && others.includes("legacy") && isInUse(4, "legacy", namespace));
  const sweep = () => removeOrphans({ ...place, ipv6: settings.ipv6 });
  return { backend: new Layers(guards, backend, leftovers), legacy, legacyLooks: respect ? 5 : 30, sweep };
}

function options({ settings, log, namespace }: Place, chains: Chains, variant: Variant) {
  const versions: readonly IpVersion[] = settings.ipv6 ? [4, 6] : [4];
  return {
    chains,
    variant,
    versions,
    ...(settings.mode === "respect" && { refused: refusal(log, "iptables") }),
    ...(namespace && { namespace }),
  };
}

const refusal = (log: Log, whose: string) => (reason: string) =>
  log(
    "error",
    `the host's input rules of ${whose} cannot be applied to published ports, which are closed to other machines until they can: ${reason}`,
  );
