import type { NetworkDefinition } from "./definition.ts";

type Network = Pick<NetworkDefinition, "driver" | "settings">;

/** May containers of the network talk to each other? */
export function letsTalk({ driver, settings }: Network): boolean {
  if (driver === "null") return false;
  if (settings?.driver === "bridge") return settings.interContainer ?? true;
  if (settings?.driver === "macvlan") return settings.mode !== "private";
  if (settings?.driver === "ipvlan") return settings.flag !== "private";
  return true;
}

/** Does something lead out of the network? */
export function leadsOut({ driver, settings }: Network): boolean {
  if (driver === "null" || settings?.internal === true) return false;
  if (settings?.driver !== "bridge") return true;
  const modes = settings.subnets.map(({ subnet }) =>
    subnet.includes(":") ? settings.gatewayMode6 : settings.gatewayMode4,
  );
  return modes.some((mode) => mode !== "isolated");
}
