import {
  booleanFilter,
  checkFilters,
  matchesExactly,
  matchesLabels,
  matchesPattern,
  matchesPrefix,
} from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import { invalid, notFound } from "../../errors/index.ts";
import type { NetworkVerbs } from "../backend.ts";

/** A network as the engine knows it; the three that are always there have no record of their own. */
export interface NetworkDefinition {
  id: string;
  name: string;
  driver: "bridge" | "host" | "null";
  created: string;
  subnet?: string;
  gateway?: string;
  options: Record<string, string>;
  labels: Record<string, string>;
}

export interface NetworkDependencies {
  networks: readonly NetworkDefinition[];
  /** Running containers on a network, by id. */
  members: (networkName: string) => Record<string, api.NetworkContainer>;
}

/** The verbs of /networks over the predefined networks. */
export function networkVerbs({ networks, members }: NetworkDependencies): NetworkVerbs {
  return {
    async list(filters) {
      const accepts = networkFilter(filters);
      return networks.filter(accepts).map((network) => toWire(network, {}));
    },

    async inspect(ref) {
      const network = findNetwork(networks, ref);
      return toWire(network, members(network.name));
    },
  };
}

/** By name, by full id, or by an unambiguous beginning of the id. */
export function findNetwork(networks: readonly NetworkDefinition[], ref: string): NetworkDefinition {
  const exact = networks.find(({ name, id }) => name === ref || id === ref);
  if (exact !== undefined) return exact;
  const [found, another] = ref === "" ? [] : networks.filter(({ id }) => id.startsWith(ref));
  if (another !== undefined) throw invalid(`network ${ref} is ambiguous (2 matches found on ID prefix)`);
  if (found === undefined) throw notFound(`network ${ref} not found`);
  return found;
}

/** Ids of the predefined networks are a function of the engine's own, so they survive without being stored. */
export function predefinedNetworks(options: {
  engineId: string;
  created: string;
  bridge?: {
    name: string;
    subnet: string;
    gateway: string;
    mtu: number;
    icc: boolean;
    publishAddress: string;
  };
}): NetworkDefinition[] {
  const { engineId, created, bridge } = options;
  const id = (name: string) =>
    new Bun.CryptoHasher("sha256").update(`${engineId}/network/${name}`).digest("hex");
  const simple = (name: string, driver: "host" | "null"): NetworkDefinition => ({
    id: id(name),
    name,
    driver,
    created,
    options: {},
    labels: {},
  });
  const others = [simple("host", "host"), simple("none", "null")];
  if (bridge === undefined) return others;
  const defaultBridge: NetworkDefinition = {
    ...simple("bridge", "host"),
    driver: "bridge",
    subnet: bridge.subnet,
    gateway: bridge.gateway,
    options: {
      "com.docker.network.bridge.default_bridge": "true",
      "com.docker.network.bridge.enable_icc": String(bridge.icc),
      "com.docker.network.bridge.enable_ip_masquerade": "true",
      "com.docker.network.bridge.host_binding_ipv4": bridge.publishAddress,
      "com.docker.network.bridge.name": bridge.name,
      "com.docker.network.driver.mtu": String(bridge.mtu),
    },
  };
  return [defaultBridge, ...others];
}

function toWire(
  network: NetworkDefinition,
  containers: Record<string, api.NetworkContainer>,
): api.NetworkInspect {
  const { subnet, gateway } = network;
  return {
    Name: network.name,
    Id: network.id,
    Created: network.created,
    Scope: "local",
    Driver: network.driver,
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: {
      Driver: "default",
      Options: null,
      Config:
        subnet === undefined
          ? []
          : [{ Subnet: subnet, ...(gateway === undefined ? {} : { Gateway: gateway }) }],
    },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: "" },
    ConfigOnly: false,
    Containers: containers,
    Options: network.options,
    Labels: network.labels,
  };
}

function networkFilter(filters: api.Filters): (network: NetworkDefinition) => boolean {
  checkFilters(filters, ["dangling", "driver", "id", "label", "name", "scope", "type"]);
  const dangling = booleanFilter(filters, "dangling");
  return (network) =>
    matchesExactly(filters, "driver", network.driver) &&
    matchesPrefix(filters, "id", network.id) &&
    matchesPattern(filters, "name", network.name) &&
    matchesLabels(filters, "label", network.labels) &&
    matchesExactly(filters, "scope", "local") &&
    matchesExactly(filters, "type", "builtin") &&
    // The predefined networks are never dangling: nobody can remove them.
    dangling !== true;
}
