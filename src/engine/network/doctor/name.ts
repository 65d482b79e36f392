import { isIP } from "node:net";
import type { NetworkDoctorHop } from "../../../api/index.ts";
import { NAME_SERVER, type NameAnswer } from "../../../network/index.ts";
import type { Container } from "../../container/container.ts";
import { dnsNames, isNamed } from "../../container/network/names.ts";
import type { EngineContext } from "../../context.ts";
import { failed, listed, ok, skipped, warning } from "./finding.ts";
import type { Patient } from "./patient.ts";
import { type Resolution, resolveName } from "./resolver.ts";
import type { Target } from "./target.ts";

type Engine = Pick<EngineContext, "config" | "containers">;

/** Do the container's name servers know the target's name? Answers also its addresses. */
export async function examineName(
  engine: Engine,
  patient: Patient,
  { host }: Target,
  signal: AbortSignal,
): Promise<{ hop: NetworkDoctorHop; addresses: readonly string[] }> {
  if (isIP(host)) return { hop: skipped("dns", `${host} is an address`), addresses: [host] };
  const resolution = await resolveName(patient, host, signal);
  const { addresses, source, silent } = resolution;
  if (addresses.length === 0) return { hop: unresolved(engine, patient, host, resolution), addresses };
  const detail = `${host} is ${listed(addresses)}, says ${sayer(source ?? "")}`;
  if (silent.length === 0) return { hop: ok("dns", detail), addresses };
  const remedy = "name servers that answer:\nslipway run --dns ADDRESS …";
  return { hop: warning("dns", `${detail}; ${listed(silent)} did not answer`, remedy), addresses };
}

const sayer = (source: string): string => (source === NAME_SERVER ? `the engine (${source})` : source);

function unresolved(
  engine: Engine,
  patient: Patient,
  host: string,
  { servers, silent, last }: Resolution,
): NetworkDoctorHop {
  if (servers.length === 0) {
    const detail = `${patient.name} has no name server in its /etc/resolv.conf`;
    return failed("dns", detail, "name one when you create the container:\nslipway run --dns ADDRESS …");
  }
  if (last === undefined) {
    const detail = `no answer about ${host} from ${listed(silent.map(sayer))}`;
    return failed("dns", detail, silentRemedy(engine, patient, host, silent));
  }
  const detail = `${sayer(last.server)} ${saying(last.answer, host)}`;
  return failed("dns", detail, remedyFor(engine, patient, host));
}

function saying(answer: NameAnswer, host: string): string {
  if (answer.kind === "unknown") return `does not know ${host} (NXDOMAIN)`;
  if (answer.kind === "failed") return `could not find ${host} out (${answer.code})`;
  return `knows no address of ${host}`;
}

function silentRemedy(engine: Engine, patient: Patient, host: string, silent: readonly string[]): string {
  if (silent.includes(NAME_SERVER)) return `restart the container:\nslipway restart ${patient.name}`;
  const known = calledSo(engine, host);
  if (known !== undefined) return remedyFor(engine, patient, host);
  return `name a server that the container reaches:\nslipway run --dns ADDRESS …\nor test the way to this one:\nslipway network doctor ${patient.name} ${silent[0]}:53`;
}

/** What keeps a container from knowing another one's name, as far as the engine can tell. */
function remedyFor(engine: Engine, patient: Patient, host: string): string {
  const other = calledSo(engine, host);
  const own = Object.keys(patient.endpoints);
  if (other === undefined) {
    return host.includes(".")
      ? "check the spelling, and which servers are asked:\nslipway run --dns ADDRESS …"
      : `check the spelling: no container has this name or alias\nslipway ps -a`;
  }
  const { name, state, endpoints } = other.record;
  if (state.initPid === 0) return `${name} is not running; start it:\nslipway start ${name}`;
  const theirs = Object.keys(endpoints);
  const common = own.find((network) => theirs.includes(network));
  const client = patient.owner.record.name;
  if (common !== undefined && !isNamed(engine, common)) {
    return `on ${common} containers have no names; use a network of your own:\nslipway network create NETWORK\nslipway network connect NETWORK ${name}\nslipway network connect NETWORK ${client}`;
  }
  const network = theirs.find((it) => isNamed(engine, it));
  if (network === undefined) return `give both a network:\nslipway network connect NETWORK ${name}`;
  return `${name} is on ${listed(theirs)}, ${client} is not; connect it:\nslipway network connect ${network} ${client}`;
}

/** A container that has the name somewhere; one that runs is preferred. */
function calledSo({ containers }: Pick<Engine, "containers">, host: string): Container | undefined {
  const has = ({ record }: Container) =>
    [{}, ...Object.values(record.endpoints)].some((asked) =>
      dnsNames(record, asked).some((name) => name.toLowerCase() === host.toLowerCase()),
    );
  const all = [...containers].filter(has);
  return all.find(({ record }) => record.state.initPid !== 0) ?? all[0];
}
