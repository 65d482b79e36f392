import { POLLIN } from "../readiness.ts";
import { answered, type Outcome, outcomeOf, silent } from "./outcome.ts";
import { familyOf, ProbeSocket, SOCK_DGRAM } from "./socket.ts";

/** Sends a datagram. Most services answer only what they understand: silence says nothing of them. */
export async function probeUdp(
  namespace: number,
  { address, port }: { readonly address: string; readonly port: number },
  payload: Uint8Array,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Outcome> {
  using socket = new ProbeSocket(namespace, familyOf(address), SOCK_DGRAM);
  const end = performance.now() + milliseconds;
  const immediate = socket.connect(address, port) ?? socket.send(payload);
  if (immediate !== undefined) return outcomeOf(immediate);
  while (await socket.ready(POLLIN, end - performance.now(), signal)) {
    const answer = socket.receive();
    if (typeof answer === "string") return outcomeOf(answer);
    if (answer !== undefined) return answered;
  }
  return silent;
}
