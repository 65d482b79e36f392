import { randomBytes } from "node:crypto";
import type { NetworkCreateRequest } from "../../api/index.ts";
import { conflict, forbidden, invalid, notFound } from "../../errors/index.ts";
import { type BridgeNetwork, DEFAULT_GATEWAYS } from "../../network/index.ts";
import { nowNanoseconds, rfc3339Nano } from "../../os/clock.ts";
import type { EngineContext } from "../context.ts";
import { configured, fromConfiguration } from "./configuration.ts";
import { isPredefined, type NetworkDefinition, type NetworkDriver } from "./definition.ts";
import { type Families, familiesOf } from "./families.ts";
import { blocksOf } from "./request-blocks.ts";
import { settingsOf } from "./settings.ts";

type Engine = Pick<EngineContext, "id" | "config" | "networks">;

export interface Defined {
  readonly network: NetworkDefinition;
  /** What of the request has no effect. */
  readonly warning: string;
}

/** Settles everything about a network that is to be made. Nothing is changed; errors are Docker's. */
export function defineNetwork(engine: Engine, request: NetworkCreateRequest): Defined {
  checkName(engine, request.Name);
  if (request.ConfigOnly) return { network: configured(newNetwork(request), request), warning: "" };
  const driver = driverOf(request);
  checkScope(request);
  const asked = request.ConfigFrom?.Network ? fromConfiguration(engine, request) : request;
  const options = {
    ...(request.ConfigFrom?.Network ? {} : engine.config.networkOptions[driver]),
    ...asked.Options,
  };
  const families = familiesOf(driver, asked, options);
  const warning = unusedBlocks(asked, families);
  const network = {
    ...newNetwork(request),
    driver,
    ipv4: families.ipv4,
    ipv6: families.ipv6,
    ipamOptions: asked.IPAM?.Options ?? null,
    blocks: blocksOf(engine, driver, asked, options, families),
    options: families.options,
    labels: asked.Labels ?? {},
  };
  refuseRouterInside(network);
  const settings = settingsOf(network);
  if (settings?.driver === "bridge") refuseSameBridge(engine, settings);
  return { network: settings === undefined ? network : { ...network, settings }, warning };
}

function checkName({ networks }: Engine, name: string | undefined): void {
  if (!name?.trim()) throw invalid("invalid name: name is empty");
  if (isPredefined(name)) throw forbidden(`operation is not permitted on predefined ${name} network`);
  if (networks.named(name) !== undefined) throw conflict(`network with name ${name} already exists`);
}

function newNetwork(request: NetworkCreateRequest): NetworkDefinition {
  return {
    id: randomBytes(32).toString("hex"),
    name: request.Name,
    driver: "null",
    created: rfc3339Nano(nowNanoseconds()),
    ipv4: true,
    ipv6: false,
    internal: request.Internal ?? false,
    attachable: request.Attachable ?? false,
    configOnly: false,
    configFrom: request.ConfigFrom?.Network ?? "",
    ipamDriver: ipamDriverOf(request),
    ipamOptions: null,
    blocks: [],
    options: {},
    labels: {},
  };
}

function ipamDriverOf({ IPAM }: NetworkCreateRequest): string {
  const driver = IPAM?.Driver || "default";
  if (driver === "default") return driver;
  if (driver === "null")
    throw invalid("ipv4 pool is empty: containers need addresses; use the IPAM driver default");
  throw notFound(`could not find plugin ${driver} in v1 plugin registry: plugin not found`);
}

function driverOf({ Driver }: NetworkCreateRequest): NetworkDriver {
  const driver = Driver || "bridge";
  switch (driver) {
    case "bridge":
    case "default":
      return "bridge";
    case "macvlan":
    case "ipvlan":
      return driver;
    case "host":
    case "null":
      throw forbidden(`only one instance of "${driver}" network is allowed`);
    case "overlay":
      throw forbidden(
        "overlay networks span the nodes of a swarm, which this engine is not: use bridge, macvlan or ipvlan",
      );
    default:
      throw notFound(`could not find plugin ${driver} in v1 plugin registry: plugin not found`);
  }
}

function checkScope({ Scope, Ingress }: NetworkCreateRequest): void {
  if (Ingress) throw forbidden("Ingress network can only be global scope network");
  if (Scope === "swarm") throw forbidden("cannot create a swarm scoped network when swarm is not active");
  if (Scope && Scope !== "local") throw invalid(`networks of this engine have the scope local, not ${Scope}`);
}

/** As with Docker, subnets of a family that the network is without do no harm; they are told of. */
function unusedBlocks({ IPAM }: NetworkCreateRequest, { ipv6 }: Families): string {
  const unused = (IPAM?.Config ?? []).flatMap(({ Subnet }) =>
    !ipv6 && Subnet?.includes(":") ? [Subnet] : [],
  );
  return unused.length === 0 ? "" : `IPv6 is disabled on this network: ${unused.join(", ")} has no effect`;
}

/** Two networks on one bridge would be one network. */
function refuseSameBridge({ networks }: Engine, { networkId, bridge }: BridgeNetwork): void {
  for (const { id, name, settings } of networks) {
    if (settings?.driver !== "bridge" || settings.bridge !== bridge) continue;
    throw forbidden(
      `cannot create network ${networkId} (${bridge}): conflicts with network ${id} (${bridge}): networks have ` +
        `same bridge name; choose another name than that of the network ${name}`,
    );
  }
}

/** A router that nothing is to reach is a mistake, as it is with Docker. */
function refuseRouterInside({ driver, internal, blocks }: NetworkDefinition): void {
  const routers = Object.values(DEFAULT_GATEWAYS);
  if (driver !== "bridge" || !internal) return;
  if (blocks.some(({ auxiliary }) => routers.some((name) => auxiliary?.[name] !== undefined)))
    throw invalid("no gateway can be set on an internal bridge network");
}
