import type { NetworkDoctorHop } from "../../../api/index.ts";
import { errnoOf } from "../../../errors/index.ts";
import type { Endpoint } from "../../../network/index.ts";
import type { ResolvedRoute } from "../../../os/netlink/index.ts";
import type { EngineContext } from "../../context.ts";
import { leadsOut } from "../traits.ts";
import { failed, ok } from "./finding.ts";
import { type Fault, reconnect } from "./link.ts";
import type { Patient } from "./patient.ts";

/** How packets to an address leave the container. */
export interface Way {
  readonly address: string;
  readonly route: ResolvedRoute;
  /** The name of the interface. */
  readonly interface: string;
  /** The network that the interface is of, unless it is one of nobody's. */
  readonly network?: string;
  readonly endpoint?: Endpoint;
}

/** Does something lead to one of the addresses? Answers the way to the first such. */
export function examineRoute(
  engine: Pick<EngineContext, "networks">,
  patient: Patient,
  addresses: readonly string[],
  faults: readonly Fault[],
): { hop: NetworkDoctorHop; way?: Way } {
  const found = addresses.map((address) => lookUp(patient, address));
  const way = found.find((it) => typeof it === "object");
  if (way === undefined) return { hop: unrouted(engine, patient, addresses[0] ?? "", found[0]) };
  const fault = faults.find((it) => it.interface === way.interface);
  if (fault !== undefined) {
    const detail = `the way to ${way.address} is by ${way.interface}, and ${fault.detail}`;
    return { hop: failed("route", detail, fault.remedy) };
  }
  return { hop: ok("route", sentence(way)), way };
}

function sentence({ address, route, interface: name }: Way): string {
  if (route.local) return `${address} is the container itself`;
  const via = route.gateway === undefined ? "directly" : `through ${route.gateway}`;
  const from = route.source === undefined ? "" : `, from ${route.source}`;
  return `to ${address} ${via} by ${name}${from}`;
}

/** Or the name of the kernel's error, where a route forbids it; undefined where there is none. */
function lookUp(patient: Patient, address: string): Way | string | undefined {
  let route: ResolvedRoute | undefined;
  try {
    route = patient.route.routeTo(address);
  } catch (error) {
    const errno = errnoOf(error);
    // Those of the kinds "blackhole" and "prohibit".
    if (errno === "EINVAL" || errno === "EACCES") return errno;
    throw error;
  }
  if (route === undefined) return undefined;
  const name = patient.route.links().find(({ index }) => index === route.index)?.name ?? "";
  const [network, endpoint] = Object.entries(patient.endpoints).find(([, it]) => it.interface === name) ?? [];
  return {
    address,
    route,
    interface: name,
    ...(network === undefined || endpoint === undefined ? {} : { network, endpoint }),
  };
}

function unrouted(
  { networks }: Pick<EngineContext, "networks">,
  { endpoints, owner, name }: Patient,
  address: string,
  error: Way | string | undefined,
): NetworkDoctorHop {
  if (error !== undefined) {
    const detail = `a route inside ${name} throws away what goes to ${address} (${error})`;
    return failed("route", detail, "remove it, inside:\nip route show type blackhole\nip route del …");
  }
  const detail = `no route leads to ${address}`;
  const family = address.includes(":") ? "ipv6" : "ipv4";
  const all = Object.entries(endpoints);
  const connect = `slipway network connect NETWORK ${owner.record.name}`;
  if (all.length === 0) return failed("route", detail, `connect the container to a network:\n${connect}`);
  const outward = all.find(([network, it]) => it[family]?.gateway !== undefined && leads(networks, network));
  if (outward !== undefined) {
    const [network] = outward;
    const lost = `${detail}: the default route through ${outward[1][family]?.gateway} is gone`;
    return failed("route", lost, reconnect(network, owner.record.name));
  }
  if (family === "ipv6" && !all.some(([, it]) => it.ipv6)) {
    const no = `${detail}: ${owner.record.name} has no IPv6 address`;
    return failed("route", no, `use a network with IPv6:\nslipway network create --ipv6 NETWORK\n${connect}`);
  }
  const inside = `${detail}: nothing leads out of ${all.map(([network]) => network).join(", ")}`;
  return failed("route", inside, `connect the container to a network that is not internal:\n${connect}`);
}

function leads(networks: EngineContext["networks"], name: string): boolean {
  const network = networks.named(name);
  return network !== undefined && leadsOut(network);
}
