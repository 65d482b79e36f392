import type { ContainerCreateRequest, EndpointSettings, HostConfig } from "../../../api/index.ts";
import { invalid, messageOf } from "../../../errors/index.ts";
import type { EngineContext } from "../../context.ts";
import { joined } from "../../network/check-blocks.ts";
import type { ContainerRecord } from "../record.ts";
import { checkEndpoint } from "./check-endpoint.ts";
import { modeOf, sharedWith } from "./mode.ts";

type Endpoints = ContainerRecord["endpoints"];

/**
 * The networks that a container is to join, by name, the one that its mode names first, with what is asked of each. As
 * with Docker, a request that names networks means these, and otherwise the mode decides. Networks need not exist yet.
 */
export function endpointsFor(
  { networks }: Pick<EngineContext, "networks">,
  request: ContainerCreateRequest,
  hostConfig: HostConfig,
): Endpoints {
  const mode = modeOf(hostConfig);
  const nameOf = (ref: string) => {
    const name = modeOf({ NetworkMode: ref });
    return networks.lookUp(name)?.name ?? name;
  };
  const main = nameOf(mode);
  const named = request.NetworkingConfig?.EndpointsConfig ?? {};
  const asked = new Map(Object.entries(named).map(([ref, settings]) => [nameOf(ref), settings]));
  if (asked.size === 0) asked.set(main, {});
  if (request.MacAddress) setMac(asked, main, request.MacAddress, hostConfig);
  refuseCombinations(main, [...asked.keys()], hostConfig);
  if (sharedWith(hostConfig) !== undefined) return {};
  const order = [...asked].sort(([a], [b]) => Number(b === main) - Number(a === main));
  return check(networks, order);
}

function check(networks: EngineContext["networks"], asked: [string, EndpointSettings | null][]): Endpoints {
  const problems: string[] = [];
  const endpoints: Endpoints = {};
  for (const [name, settings] of asked) {
    const problem = (why: string) => problems.push(`invalid config for network ${name}: ${why}`);
    if (!settings) {
      problem("EndpointsConfig is nil");
      continue;
    }
    try {
      endpoints[name] = checkEndpoint(networks.named(name), name, settings);
    } catch (error) {
      problem(messageOf(error));
    }
  }
  if (problems.length > 0) throw invalid(joined(problems));
  return endpoints;
}

/** The old field for the whole container means the main network. */
function setMac(
  asked: Map<string, EndpointSettings | null>,
  main: string,
  MacAddress: string,
  hostConfig: HostConfig,
): void {
  const hasOwn = sharedWith(hostConfig) === undefined && main !== "host" && main !== "none";
  if (!hasOwn) throw invalid("conflicting options: mac-address and the network mode");
  const endpoint = asked.get(main) ?? {};
  if (endpoint.MacAddress && endpoint.MacAddress.toLowerCase() !== MacAddress.toLowerCase()) {
    throw invalid(
      "the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty",
    );
  }
  asked.set(main, { ...endpoint, MacAddress });
}

function refuseCombinations(main: string, names: readonly string[], hostConfig: HostConfig): void {
  const others = names.filter((name) => name !== main);
  if (others.length === 0) return;
  if (sharedWith(hostConfig) !== undefined || main === "host") throw invalid(sharesNamespace);
  if (others.includes("host")) throw invalid(cannotJoinHost);
  if (main === "none" || others.includes("none")) throw invalid(hasNone);
}

export const sharesNamespace =
  "container sharing network namespace with another container or host cannot be connected to any other network";
export const hasNone =
  "container cannot be connected to multiple networks with one of the networks in private (none) mode";
export const cannotJoinHost =
  "cannot connect container to host network - container must be created in host network mode";
