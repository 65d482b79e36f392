import { type Outcome, probeEcho, probeTcp, probeUdp } from "../../../os/probe/index.ts";
import type { Patient } from "./patient.ts";
import type { Target } from "./target.ts";

/** The kernel sends a connection's first packet again after one second. */
const TCP_MS = 2_000;
const UDP_MS = 2_000;
const ECHO_MS = 2_000;

/** A question for the root's name servers: a name server answers it, and few others take it amiss. */
const datagram = Buffer.from("0001010000010000000000000000020001", "hex");

/** What became of trying to reach a target at one of its addresses. */
export interface Attempt {
  readonly outcome: Outcome;
  /** Of an echo request, where the port does not tell whether anybody is there. */
  readonly echo?: Outcome;
}

/** Tries the target's port; without one, or if that says nothing about the target, also whether it answers "pings". */
export async function attempt(
  patient: Patient,
  target: Target,
  address: string,
  signal: AbortSignal,
): Promise<Attempt> {
  if (target.port === undefined) return { outcome: await once(patient, target, address, undefined, signal) };
  const decided = new AbortController();
  // Both at once: what is silent takes its full time.
  const pinged = ping(patient, address, AbortSignal.any([signal, decided.signal]));
  const outcome = await once(patient, target, address, undefined, signal);
  if (outcome.kind === "answered" || outcome.kind === "refused") {
    decided.abort();
    await pinged;
    return { outcome };
  }
  const echo = await pinged;
  return echo === undefined ? { outcome } : { outcome, echo };
}

/** Undefined when it was given up. */
async function ping(
  { namespace }: Patient,
  address: string,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  try {
    return await probeEcho(namespace, address, ECHO_MS, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** One try, in which below a second of `milliseconds` one packet goes out. */
export function once(
  { namespace }: Patient,
  { port, protocol }: Target,
  address: string,
  milliseconds: number | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  if (port === undefined) return probeEcho(namespace, address, milliseconds ?? ECHO_MS, signal);
  if (protocol === "tcp") return probeTcp(namespace, { address, port }, milliseconds ?? TCP_MS, signal);
  return probeUdp(namespace, { address, port }, datagram, milliseconds ?? UDP_MS, signal);
}
