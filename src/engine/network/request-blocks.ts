import type { NetworkCreateRequest } from "../../api/index.ts";
import { forbidden, invalid } from "../../errors/index.ts";
import { holderOnHost } from "../../network/index.ts";
import type { EngineContext } from "../context.ts";
import { addressPools } from "./address-pools.ts";
import { checkBlocks } from "./check-blocks.ts";
import type { NetworkDefinition, NetworkDriver } from "./definition.ts";
import type { Families } from "./families.ts";
import { bridgeOptions } from "./options/bridge.ts";
import { optionNames } from "./options/names.ts";
import { type Family, settleBlocks } from "./settle-blocks.ts";

type Engine = Pick<EngineContext, "id" | "config" | "networks">;

/** The blocks of addresses of a network that is asked for, named ones and chosen ones. */
export function blocksOf(
  { id, config, networks }: Engine,
  driver: NetworkDriver,
  asked: NetworkCreateRequest,
  options: Record<string, string>,
  { ipv4, ipv6 }: Families,
): NetworkDefinition["blocks"] {
  const configs = (asked.IPAM?.Config ?? []).filter(({ Subnet }) => ipv6 || !Subnet?.includes(":"));
  const blocks = checkBlocks(configs);
  const families: Family[] = [...(ipv4 ? [4 as const] : []), ...(ipv6 ? [6 as const] : [])];
  if (!ipv4 && blocks.some(({ subnet }) => subnet.family === 4)) {
    throw invalid("an IPv4 subnet was named, and IPv4 is disabled on this network: leave one of both out");
  }
  const several = families.some(
    (family) => blocks.filter(({ subnet }) => subnet.family === family).length > 1,
  );
  if (driver === "bridge" && several) throw forbidden("bridge driver doesn't support multiple subnets");
  return settleBlocks(blocks, families, {
    pools: addressPools(config.addressPools, id),
    others: networks,
    needsGateway: gatewayNeeds(driver, options, asked.Internal ?? false),
    // macvlan's and ipvlan's subnets are those of their parents; a bridge that exists may have its address.
    ...(driver === "bridge" && {
      holderOnHost: (subnet) => holderOnHost(subnet, options[optionNames.bridge]),
    }),
  });
}

/** Routers of macvlan and ipvlan networks are outside; a bridge is one itself, unless it is kept from it. */
function gatewayNeeds(
  driver: NetworkDriver,
  options: Record<string, string>,
  internal: boolean,
): (family: Family) => boolean {
  if (driver !== "bridge") return () => false;
  const { gatewayMode4, gatewayMode6, inhibitIPv4 = false } = bridgeOptions(options, internal);
  return (family) =>
    family === 4 ? gatewayMode4 !== "isolated" && !(inhibitIPv4 && internal) : gatewayMode6 !== "isolated";
}
