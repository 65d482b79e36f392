import type { NetworkDoctorHop } from "../../../api/index.ts";
import type { Endpoint } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import { failed, listed, ok, skipped, warning } from "./finding.ts";
import { reconnect } from "./link.ts";
import type { Patient } from "./patient.ts";

/** Has the container the addresses that its networks gave it, and nobody else? */
export function examineAddresses(
  engine: Pick<EngineContext, "containers">,
  patient: Patient,
): NetworkDoctorHop {
  const all = Object.entries(patient.endpoints).flatMap(([network, endpoint]) =>
    addressesOf(endpoint).map((address) => ({ network, address, name: endpoint.interface })),
  );
  const [first] = all;
  if (first === undefined) return skipped("address", "no network gave it an address");
  const remedy = (network: string) => reconnect(network, patient.owner.record.name);
  const present = ([4, 6] as const).flatMap((family) => patient.route.addresses(family));
  const missing = all.filter(({ address, name }) => {
    const index = patient.route.link(name)?.index;
    return !present.some((it) => it.index === index && it.address === address);
  });
  const [lost] = missing;
  if (lost !== undefined) {
    const texts = missing.map(({ address, name }) => `${address} on ${name}`);
    // With the others the target may be reached all the same.
    const say = missing.length < all.length ? warning : failed;
    return say("address", `missing: ${listed(texts)}, which the network gave`, remedy(lost.network));
  }
  for (const { network, address } of all) {
    const other = otherHolder(engine, patient, network, address);
    if (other !== undefined)
      return failed("address", `${address} is the address of ${other} as well`, remedy(network));
  }
  return ok("address", listed(all.map(({ address, name }) => `${address} on ${name}`)));
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
