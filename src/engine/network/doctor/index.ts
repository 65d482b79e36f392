import type { NetworkDoctorHop, NetworkDoctorReport, NetworkDoctorRequest } from "../../../api/index.ts";
import { invalid, unavailable } from "../../../errors/index.ts";
import type { Container } from "../../container/container.ts";
import type { EngineContext } from "../../context.ts";
import { examineAddresses } from "./address.ts";
import { attempt as tryToReach } from "./attempt.ts";
import { examineContainer } from "./container.ts";
import { skipped } from "./finding.ts";
import { examineGateway } from "./gateway.ts";
import { examineLinks } from "./link.ts";
import { examineName } from "./name.ts";
import { Patient } from "./patient.ts";
import { placeOf } from "./place.ts";
import { examinePort } from "./port.ts";
import { examineTarget, noPort } from "./reach.ts";
import { examineRoute } from "./route.ts";
import { examineRules } from "./rule.ts";
import { parseTarget, type Target } from "./target.ts";

type Engine = Pick<EngineContext, "config" | "containers" | "networks">;
type HopName = NetworkDoctorHop["Hop"];

const order: readonly HopName[] = [
  "container",
  "link",
  "address",
  "dns",
  "route",
  "gateway",
  "rule",
  "target",
  "port",
];

/** Each hop has its own limit; together they stay far below this. */
const ALL_MS = 60_000;

/**
 * `network doctor`: tests the path from a container to a target from within the container's network, hop by hop, to
 * where it stops. `notFound` for the container, `invalid` for the target, `cancelled` by the signal.
 */
export async function diagnose(
  engine: Engine,
  { Container: ref, Target: text, Protocol = "tcp" }: NetworkDoctorRequest,
  signal: AbortSignal,
): Promise<NetworkDoctorReport> {
  if (Protocol !== "tcp" && Protocol !== "udp")
    throw invalid(`unknown protocol "${String(Protocol)}": choose tcp or udp`);
  const container = engine.containers.find(ref);
  const target = parseTarget(text, Protocol);
  const limit = AbortSignal.timeout(ALL_MS);
  const hops: NetworkDoctorHop[] = [];
  try {
    for await (const hop of examine(engine, container, target, AbortSignal.any([signal, limit])))
      hops.push(hop);
  } catch (error) {
    if (!limit.aborted) throw error;
    throw unavailable(`the test of the path to ${text} took too long: the host may be overloaded`, {
      cause: error,
    });
  }
  for (const name of order.slice(hops.length)) hops.push(skipped(name, ""));
  return { Container: container.record.name, Target: text, Hops: hops, Ok: isReached(hops, target) };
}

function isReached(hops: readonly NetworkDoctorHop[], { port }: Target): boolean {
  if (hops.some(({ Status }) => Status === "failed")) return false;
  const goal: HopName = port === undefined ? "target" : "port";
  return hops.some(({ Hop, Status }) => Hop === goal && Status === "ok");
}

/** The hops in their order, up to one beyond which there is nothing to test. */
async function* examine(
  engine: Engine,
  container: Container,
  target: Target,
  signal: AbortSignal,
): AsyncGenerator<NetworkDoctorHop> {
  const first = examineContainer(container.record);
  yield first;
  if (first.Status === "failed") return;
  using patient = Patient.of(engine, container);
  const { hop: link, faults } = examineLinks(engine, patient);
  yield link;
  if (link.Status === "failed") return;
  const address = examineAddresses(engine, patient);
  yield address;
  if (address.Status === "failed") return;
  const { hop: name, addresses } = await examineName(engine, patient, target, signal);
  yield name;
  if (addresses.length === 0) return;
  const { hop: route, way } = examineRoute(engine, patient, addresses, faults);
  yield route;
  if (way === undefined) return;
  const gateway = await examineGateway(engine, patient, way, signal);
  yield gateway;
  if (gateway.Status === "failed") return;
  const attempt = await tryToReach(patient, target, way.address, signal);
  const found = { way, attempt, place: placeOf(engine, patient, way) };
  const rule = await examineRules(engine, patient, target, found, signal);
  yield rule;
  if (rule.Status === "failed") return;
  const reached = await examineTarget(patient, target, found, signal);
  yield reached;
  if (reached.Status === "failed") return;
  const { port } = target;
  yield port === undefined ? noPort() : await examinePort(patient, { ...target, port }, found);
}
