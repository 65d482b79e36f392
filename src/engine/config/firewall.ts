import { invalid } from "../../errors/index.ts";
import { backendNames, type FirewallSettings, firewallModes } from "../../network/index.ts";
import type { RawOptions } from "./flags.ts";

/** How the engine serves the host's packet filter. */
export function firewallSettings(raw: RawOptions): FirewallSettings {
  return {
    backend: oneOf("firewall-backend", backendNames, raw["firewall-backend"] ?? "iptables"),
    mode: oneOf("firewall-mode", firewallModes, raw["firewall-mode"] ?? "open"),
    ipv6: raw.ip6tables ?? true,
  };
}

function oneOf<T extends string>(option: string, names: readonly T[], value: string): T {
  const found = names.find((name) => name === value);
  if (found === undefined) throw invalid(`invalid --${option}: ${value} (use ${names.join(" or ")})`);
  return found;
}
