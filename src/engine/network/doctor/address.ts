import type { NetworkDoctorHop } from "../../../api/index.ts";
import type { Endpoint } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import { failed, listed, ok, skipped } from "./finding.ts";
import { reconnect } from "./link.ts";
import type { Patient } from "./patient.ts";

/** Has the container the addresses that its networks gave it, and nobody else? */
export function examineAddresses(
  engine: Pick<EngineContext, "containers">,
  patient: Patient,
): NetworkDoctorHop {
  const endpoints = Object.entries(patient.endpoints);
  if (endpoints.length === 0) return skipped("address", "no network gave it an address");
  const present = ([4, 6] as const).flatMap((family) => patient.route.addresses(family));
  for (const [network, endpoint] of endpoints) {
    const { index } = patient.route.link(endpoint.interface) ?? {};
    for (const address of addressesOf(endpoint)) {
      if (!present.some((it) => it.index === index && it.address === address)) {
        const detail = `${address}, which the network ${network} gave, is not on ${endpoint.interface}`;
        return failed("address", detail, reconnect(network, patient.owner.record.name));
      }
      const other = otherHolder(engine, patient, network, address);
      if (other !== undefined) {
        const detail = `${address} is the address of ${other} as well`;
        return failed("address", detail, reconnect(network, patient.owner.record.name));
      }
    }
  }
  const all = endpoints.flatMap(([, it]) =>
    addressesOf(it).map((address) => `${address} on ${it.interface}`),
  );
  return ok("address", listed(all));
}

export const addressesOf = ({ ipv4, ipv6 }: Endpoint): string[] =>
  [ipv4, ipv6].flatMap((it) => (it === undefined ? [] : [it.address]));

function otherHolder(
  { containers }: Pick<EngineContext, "containers">,
  { owner }: Patient,
  network: string,
  address: string,
): string | undefined {
  for (const other of containers) {
    const endpoint = other.record.state.network?.endpoints[network];
    if (other !== owner && endpoint !== undefined && addressesOf(endpoint).includes(address))
      return other.record.name;
  }
  return undefined;
}
