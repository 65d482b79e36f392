import type { NetworkDoctorHop } from "../../../api/index.ts";
import type { Endpoint, NetworkSettings } from "../../../network/index.ts";
import { RouteSocket } from "../../../os/netlink/index.ts";
import { modeOf } from "../../container/network/mode.ts";
import type { EngineContext } from "../../context.ts";
import { failed, listed, ok, skipped, warning } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** What is wrong with an interface, and what to do. */
export interface Fault {
  readonly interface: string;
  readonly detail: string;
  readonly remedy: string;
}

/** Are the container's interfaces up, and connected to their networks? Answers also which are not. */
export function examineLinks(
  engine: Pick<EngineContext, "networks">,
  patient: Patient,
): { hop: NetworkDoctorHop; faults: readonly Fault[] } {
  const { record } = patient.owner;
  if (modeOf(record.hostConfig) === "host") {
    return { hop: skipped("link", "the interfaces are the host's"), faults: [] };
  }
  const endpoints = Object.entries(patient.endpoints);
  if (endpoints.length === 0) {
    const remedy = `connect it to a network:\nslipway network connect NETWORK ${record.name}`;
    return { hop: warning("link", `${record.name} has its loopback only`, remedy), faults: [] };
  }
  using host = new RouteSocket();
  const faults = endpoints.flatMap(([name, endpoint]) => {
    const settings = engine.networks.named(name)?.settings;
    const fault = insideFault(patient, name, endpoint) ?? hostFault(patient, host, settings, endpoint);
    return fault === undefined ? [] : [fault];
  });
  const [first] = faults;
  if (first === undefined) {
    const names = endpoints.map(([name, it]) => `${it.interface} on ${name}${port(it)}`);
    return { hop: ok("link", `${listed(names)}: up`), faults };
  }
  // With another interface that works the route decides.
  const say = faults.length < endpoints.length ? warning : failed;
  return { hop: say("link", faults.map(({ detail }) => detail).join("; "), first.remedy), faults };
}

const port = ({ hostInterface }: Endpoint) =>
  hostInterface === undefined ? "" : `, ${hostInterface} on the host`;

function insideFault(
  { route, name: container }: Patient,
  network: string,
  endpoint: Endpoint,
): Fault | undefined {
  const { interface: name } = endpoint;
  const link = route.link(name);
  if (link === undefined) {
    const detail = `the interface ${name} of the network ${network} is missing inside`;
    return { interface: name, detail, remedy: reconnect(network, container) };
  }
  if (link.up) return undefined;
  return {
    interface: name,
    detail: `${name} is down inside the container`,
    remedy: `take it up, inside:\nip link set ${name} up\nor connect the container anew:\n${reconnectCommands(network, container)}`,
  };
}

function hostFault(
  { route, name: container }: Patient,
  host: RouteSocket,
  settings: NetworkSettings | undefined,
  { interface: name, hostInterface }: Endpoint,
): Fault | undefined {
  const fault = (detail: string, remedy: string): Fault => ({ interface: name, detail, remedy });
  if (settings?.driver === "bridge" && hostInterface !== undefined) {
    const { bridge } = settings;
    const device = host.link(bridge);
    const end = host.link(hostInterface);
    const remedy = reconnect(settings.name, container);
    if (device === undefined) return fault(`the bridge ${bridge} is missing on the host`, remedy);
    if (!device.up)
      return fault(`the bridge ${bridge} is down`, `take it up on the host:\nip link set ${bridge} up`);
    if (end === undefined) return fault(`${hostInterface}, the host's end of ${name}, is missing`, remedy);
    if (end.master !== device.index) {
      const back = `put it back on the host:\nip link set ${hostInterface} master ${bridge}`;
      return fault(`${hostInterface}, the host's end of ${name}, is no port of the bridge ${bridge}`, back);
    }
    if (!end.up) {
      const up = `take it up on the host:\nip link set ${hostInterface} up`;
      return fault(`${hostInterface}, the host's end of ${name}, is down`, up);
    }
  }
  if (route.link(name)?.carrier !== false) return undefined;
  const parent = settings?.driver === "bridge" ? undefined : settings?.parent;
  const remedy =
    parent === undefined
      ? "look at the host's interfaces:\nip link"
      : `take it up on the host:\nip link set ${parent} up`;
  return fault(`${name} has no carrier: nothing is connected at its other end`, remedy);
}

export const reconnectCommands = (network: string, container: string): string =>
  `slipway network disconnect ${network} ${container}\nslipway network connect ${network} ${container}`;

export const reconnect = (network: string, container: string): string =>
  `connect the container anew:\n${reconnectCommands(network, container)}`;
