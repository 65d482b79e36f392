import { POLLOUT } from "../readiness.ts";
import { answered, type Outcome, outcomeOf, silent } from "./outcome.ts";
import { familyOf, ProbeSocket, SOCK_STREAM } from "./socket.ts";

/** Opens a connection from the namespace open at the descriptor, and closes it. */
export async function probeTcp(
  namespace: number,
  { address, port }: { readonly address: string; readonly port: number },
  milliseconds: number,
  signal: AbortSignal,
): Promise<Outcome> {
  using socket = new ProbeSocket(namespace, familyOf(address), SOCK_STREAM);
  const end = performance.now() + milliseconds;
  const immediate = socket.connect(address, port);
  if (immediate !== undefined) return outcomeOf(immediate);
  while (await socket.ready(POLLOUT, end - performance.now(), signal)) {
    const failure = socket.failure();
    if (failure !== undefined) return outcomeOf(failure);
    if (socket.isConnected(address, port)) return answered;
  }
  return silent;
}
