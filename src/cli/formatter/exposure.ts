import type { ContainerSummary, NetworkInspect } from "../../api/index.ts";

/**
 * From where connections reach a container: `external` from other machines, `local` from this host by published
 * ports, `shared` as the container whose network it uses, `none` not by ports of the host.
 */
export type Exposure = "external" | "local" | "shared" | "none";

/** Whether other machines reach a port that is published at this address of the host. */
export const isExternal = (hostIp: string): boolean =>
  hostIp !== "" && !hostIp.startsWith("127.") && hostIp !== "::1";

/** `direct` has the names of networks whose containers are reached by their own addresses. */
export function exposure(container: ContainerSummary, direct: ReadonlySet<string>): Exposure {
  const mode = container.HostConfig?.NetworkMode ?? "";
  if (mode.startsWith("container:")) return "shared";
  const published = (container.Ports ?? []).map(({ IP = "" }) => IP).filter(Boolean);
  if (published.some(isExternal) || openNetworks(container, direct).length > 0) return "external";
  return published.length > 0 ? "local" : "none";
}

/** The container's networks that other machines reach without a port of the host: the host's own, and direct ones. */
export function openNetworks(container: ContainerSummary, direct: ReadonlySet<string>): string[] {
  if (container.State !== "running" && container.State !== "paused") return [];
  if (container.HostConfig?.NetworkMode === "host") return ["host"];
  return Object.keys(container.NetworkSettings?.Networks ?? {}).filter((name) => direct.has(name));
}

const unguarded = new Set(["routed", "nat-unprotected"]);

/** Whether containers on a network are reached by their own addresses, by whoever has a route to them. */
export function isDirect({ Driver, Options }: NetworkInspect): boolean {
  const modes = ["4", "6"].map((family) => Options?.[`com.docker.network.bridge.gateway_mode_ipv${family}`]);
  return ["macvlan", "ipvlan"].includes(Driver) || modes.some((mode) => unguarded.has(mode ?? ""));
}
