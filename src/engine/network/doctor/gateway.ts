import type { NetworkDoctorHop } from "../../../api/index.ts";
import { errnoOf } from "../../../errors/index.ts";
import type { Family } from "../../../os/netlink/index.ts";
import { forgetNeighbour, RouteSocket } from "../../../os/netlink/index.ts";
import { probeEcho } from "../../../os/probe/index.ts";
import type { EngineContext } from "../../context.ts";
import { failed, ok, skipped } from "./finding.ts";
import { reconnect } from "./link.ts";
import type { Patient } from "./patient.ts";
import type { Way } from "./route.ts";

/** The kernel asks three times, one second apart. */
const ANSWER_MS = 2_000;

/** Does the router that the way leads through answer on the wire? */
export async function examineGateway(
  engine: Pick<EngineContext, "networks">,
  patient: Patient,
  way: Way,
  signal: AbortSignal,
): Promise<NetworkDoctorHop> {
  const { gateway } = way.route;
  if (way.route.local) return skipped("gateway", "nothing leaves the container");
  if (gateway === undefined) return skipped("gateway", `${way.address} is on the network itself`);
  const mac = await askWire(patient, way, gateway, signal);
  if (mac !== "") return ok("gateway", `${gateway} answers on ${way.interface} (${mac})`);
  const detail = `nobody answers for the gateway ${gateway} on ${way.interface}`;
  return failed("gateway", detail, remedy(engine, patient, way, gateway));
}

/** Who has an address on the wire, asked anew; empty when nobody says so. */
export async function askWire(
  { namespace, route }: Patient,
  way: Pick<Way, "route">,
  address: string,
  signal: AbortSignal,
): Promise<string> {
  const family: Family = address.includes(":") ? 6 : 4;
  const { index = 0 } = way.route;
  const known = () => route.neighbours(family).find((it) => it.index === index && it.address === address);
  const before = known();
  if (before?.fixed) return before.mac;
  if (before !== undefined) forget(route, { index, address });
  await probeEcho(namespace, address, ANSWER_MS, signal);
  return known()?.mac ?? "";
}

/** What the kernel has forgotten itself meanwhile is as good. */
function forget(route: RouteSocket, neighbour: { index: number; address: string }): void {
  try {
    route.transact(forgetNeighbour(neighbour));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

function remedy(
  { networks }: Pick<EngineContext, "networks">,
  { owner }: Patient,
  { network = "", endpoint, route, interface: name }: Way,
  gateway: string,
): string {
  const family = gateway.includes(":") ? "ipv6" : "ipv4";
  const given = endpoint?.[family]?.gateway;
  const what = route.prefixLength === 0 ? "default" : `${route.destination}/${route.prefixLength}`;
  if (given !== undefined && given !== gateway) {
    const fix = `ip ${family === "ipv6" ? "-6 " : ""}route replace ${what} via ${given} dev ${name}`;
    return `the gateway of ${network} is ${given}; put the route back, inside:\n${fix}`;
  }
  const settings = networks.named(network)?.settings;
  if (settings?.driver !== "bridge") return `check that ${gateway} is a router on the wire of ${network}`;
  using host = new RouteSocket();
  const { bridge } = settings;
  const prefix = endpoint?.[family]?.prefixLength;
  if (host.addresses(family === "ipv6" ? 6 : 4).some(({ address }) => address === gateway))
    return reconnect(network, owner.record.name);
  return `the bridge ${bridge} has lost this address; put it back on the host:\nip addr add ${gateway}/${prefix} dev ${bridge}`;
}
