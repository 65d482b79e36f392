import { formatResolvConf, type ResolverSettings, withOverrides } from "./resolv-conf.ts";

/** The /etc/resolv.conf of a container that asks the embedded name server. */
export interface NameServerConf {
  readonly text: string;
  /** Somebody chose an `ndots`, so that names of one label are meant to be searched in domains first. */
  readonly keepSingleLabels: boolean;
}

/**
 * Search domains and options as for every container; the only server is the embedded one, which asks the others.
 * A note says which these are, with `host(…)` around those that are asked from the host: programs read it.
 * Names of containers have no dots, so unless somebody chose an `ndots`, names are asked for as they are first.
 */
export function renderNameServerConf(
  server: string,
  hostFile: string,
  overrides: Partial<ResolverSettings> = {},
): NameServerConf {
  const settings = withOverrides(hostFile, overrides);
  const own = (overrides.nameservers ?? []).length > 0;
  const options = settings.options.filter((option) => !isNdots(option) || /^ndots:\d+$/.test(option));
  const chosen = options.some(isNdots);
  const asked = settings.nameservers.map((address) => (own ? address : `host(${address})`));
  const origin = (overrides.options ?? []).some(isNdots) ? "override" : "host";
  const notes = [
    asked.length === 0 ? "NO EXTERNAL NAMESERVERS DEFINED" : `ExtServers: [${asked.join(" ")}]`,
    `Overrides: [${overridden(overrides).join(" ")}]`,
    `Option ndots from: ${chosen ? origin : "internal"}`,
  ];
  const all = { ...settings, nameservers: [server], options: chosen ? options : [...options, "ndots:0"] };
  return { text: formatResolvConf(all, notes), keepSingleLabels: chosen };
}

const isNdots = (option: string): boolean => option === "ndots" || option.startsWith("ndots:");

function overridden(overrides: Partial<ResolverSettings>): string[] {
  const parts = ["nameservers", "search", "options"] as const;
  return parts.filter((part) => (overrides[part] ?? []).length > 0);
}
