import type { NetworkDoctorHop } from "../../../api/index.ts";
import type { Outcome } from "../../../os/probe/index.ts";
import type { Attempt } from "./attempt.ts";
import { failed, ok, skipped, warning } from "./finding.ts";
import { askWire } from "./gateway.ts";
import type { Patient } from "./patient.ts";
import type { Place } from "./place.ts";
import type { Way } from "./route.ts";
import type { Target } from "./target.ts";

/** Is anybody there? Answers and refusals both say so, of the port or of an echo request ("ping"). */
export async function examineTarget(
  patient: Patient,
  target: Target,
  { way, place, attempt }: { way: Way; place: Place; attempt: Attempt },
  signal: AbortSignal,
): Promise<NetworkDoctorHop> {
  const { address } = way;
  const who = whoIs(place, address, patient.name);
  if (attempt.outcome.kind === "answered") return ok("target", `${who} answers`);
  if (attempt.outcome.kind === "refused") return ok("target", `${who} answers: it refuses the connection`);
  if (attempt.echo?.kind === "answered") return ok("target", `${who} answers pings`);
  if (way.route.gateway !== undefined || way.route.local)
    return failed("target", `${who} ${saying(attempt)}`, elsewhere(target));
  const mac = await askWire(patient, way, address, signal);
  if (mac === "") {
    const none = place.kind === "nobody" ? `: no container of ${place.network.name} has this address` : "";
    const nobody = `nobody answers for ${address} on ${way.interface}${none}`;
    return failed("target", nobody, "check the address, and that its machine or container runs:\nslipway ps");
  }
  const there = `${who} is on ${way.interface} (${mac}) and ${saying(attempt)}`;
  // Not everybody answers pings.
  if (target.port === undefined) return warning("target", there, `name a port:\n${target.host}:PORT`);
  return failed("target", there, elsewhere(target));
}

export function whoIs(place: Place, address: string, self: string): string {
  switch (place.kind) {
    case "self":
      return `${address} (${self} itself)`;
    case "container":
      return `${address} (${place.container.record.name})`;
    case "host":
      return `${address} (the host)`;
    default:
      return address;
  }
}

function saying({ outcome, echo }: Attempt): string {
  const silent = echo === undefined ? "does not answer pings" : "answers neither there nor to pings";
  return describe(outcome) ?? describe(echo) ?? silent;
}

function describe(outcome: Outcome | undefined): string | undefined {
  if (outcome?.kind === "unreachable") return `cannot be reached (${outcome.errno})`;
  if (outcome?.kind === "forbidden") return "is kept off by the container's own packet filter";
  return undefined;
}

const elsewhere = ({ host }: Target): string =>
  `see whether the host itself reaches it; if it does not, the fault is there or on the way:\nping -c 3 ${host}`;

/** Without a port there is nothing further to try. */
export const noPort = (): NetworkDoctorHop => skipped("port", "no port was named");
