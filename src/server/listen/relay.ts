import type { Socket } from "bun";

/** One direction of a relay: what its target has not taken yet, with its source paused meanwhile. */
interface End {
  peer: Socket<End> | undefined;
  pending: Uint8Array[];
  ended: boolean;
}

const handlers = {
  binaryType: "uint8array" as const,
  data(socket: Socket<End>, chunk: Uint8Array) {
    socket.data.pending.push(chunk);
    pump(socket);
  },
  drain(socket: Socket<End>) {
    if (socket.data.peer !== undefined) pump(socket.data.peer);
  },
  end(socket: Socket<End>) {
    socket.data.ended = true;
    pump(socket);
  },
  close: (socket: Socket<End>) => void socket.data.peer?.terminate(),
  error: (socket: Socket<End>) => void socket.data.peer?.terminate(),
};

/** Copies between an accepted connection and a socket file, both ways, half-closes included. */
export async function relay(fd: number, path: string): Promise<void> {
  const end = (): End => ({ peer: undefined, pending: [], ended: false });
  const options = { allowHalfOpen: true, socket: handlers };
  const outer = await Bun.connect<End>({
    ...options,
    fd,
    data: end(),
  } as unknown as Bun.UnixSocketOptions<End>);
  const inner = await Bun.connect<End>({ ...options, unix: path, data: end() }).catch(() => undefined);
  if (inner === undefined) {
    // The server is closing: the client is told by the end of its connection.
    outer.terminate();
    return;
  }
  outer.data.peer = inner;
  inner.data.peer = outer;
  pump(outer);
  pump(inner);
}

/** Moves what has come from `source` to its peer; the source waits while the peer has no room. */
function pump(source: Socket<End>): void {
  const { peer, pending } = source.data;
  if (peer === undefined) return;
  while (pending.length > 0) {
    const chunk = pending[0]!;
    const taken = Math.max(peer.write(chunk), 0);
    if (taken < chunk.length) {
      pending[0] = chunk.subarray(taken);
      source.pause();
      return;
    }
    pending.shift();
  }
  source.resume();
  if (source.data.ended) peer.shutdown();
}
