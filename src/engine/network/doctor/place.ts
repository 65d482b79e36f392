import { contains, parseAddress, parseSubnet } from "../../../network/index.ts";
import { RouteSocket } from "../../../os/netlink/index.ts";
import type { Container } from "../../container/container.ts";
import type { EngineContext } from "../../context.ts";
import type { NetworkDefinition } from "../definition.ts";
import { addressesOf } from "./address.ts";
import type { Patient } from "./patient.ts";
import type { Way } from "./route.ts";

/** Where an address is, as far as the engine knows. */
export type Place =
  /** The container that is examined. */
  | { readonly kind: "self" }
  | { readonly kind: "container"; readonly container: Container; readonly network: NetworkDefinition }
  | { readonly kind: "host" }
  /** In a subnet of a network of the engine's, where no container has it. */
  | { readonly kind: "nobody"; readonly network: NetworkDefinition }
  | { readonly kind: "outside" };

export function placeOf(
  { networks, containers }: Pick<EngineContext, "networks" | "containers">,
  { owner }: Patient,
  { address, route }: Way,
): Place {
  if (route.local) return { kind: "self" };
  for (const container of containers) {
    if (container === owner) continue;
    for (const endpoint of Object.values(container.record.state.network?.endpoints ?? {})) {
      const network = networks.get(endpoint.networkId);
      if (network !== undefined && addressesOf(endpoint).includes(address))
        return { kind: "container", container, network };
    }
  }
  using host = new RouteSocket();
  const family = address.includes(":") ? 6 : 4;
  if (host.addresses(family).some((it) => it.address === address)) return { kind: "host" };
  const network = [...networks].find(({ blocks }) => blocks.some(({ subnet }) => isIn(address, subnet)));
  return network === undefined ? { kind: "outside" } : { kind: "nobody", network };
}

const isIn = (address: string, subnet: string): boolean =>
  contains(parseSubnet(subnet), parseAddress(address));
