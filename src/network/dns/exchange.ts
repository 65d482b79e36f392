import { inNamespace } from "../../os/netns.ts";
import { Framing, framed } from "./framing.ts";
import { answers, type Transport } from "./message.ts";

const DNS_PORT = 53;

/** A name server and from where it is asked. */
export interface Server {
  readonly address: string;
  /** The network namespace to ask from; the engine's own unless given. */
  readonly namespace?: number;
}

/** A question under way. */
export interface Exchange {
  /** The server's response, or undefined if none came: in time, or at all. */
  readonly response: Promise<Buffer | undefined>;
  /** When nothing is left of it: a connection that the server does not take up is the kernel's for 2 minutes. */
  readonly ended: Promise<void>;
  cancel(): void;
}

/** What an attempt holds: sockets that connect may come to be after it is over. */
type Open = (settle: (response?: Buffer) => void) => Promise<{ close(): void }>;

/**
 * Asks a server. Each question has a socket of its own, so that its port is one of the kernel's random ones, and
 * only the server itself can answer; a response that does not fit the question is taken for somebody else's.
 */
export function exchange(
  server: Server,
  transport: Transport,
  query: Buffer,
  milliseconds: number,
): Exchange {
  const open = transport === "udp" ? overUdp(server, query) : overTcp(server, query);
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  let over = false;
  let socket: { close(): void } | undefined;
  const settle = (response?: Buffer): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    socket?.close();
    resolve(response);
  };
  const timer = setTimeout(settle, milliseconds);
  // A server that cannot be reached is one that does not answer: the next one is asked.
  const opened = open(settle).then(
    (it) => {
      if (over) it.close();
      else socket = it;
    },
    () => settle(),
  );
  return {
    response: promise,
    ended: Promise.all([opened, promise]).then(() => undefined),
    cancel: () => settle(),
  };
}

function overUdp(server: Server, query: Buffer): Open {
  return async (settle) => {
    const socket = await from(server, () =>
      Bun.udpSocket({
        connect: { hostname: server.address, port: DNS_PORT },
        socket: {
          data: (_, response) => {
            if (answers(response, query)) settle(Buffer.from(response));
          },
          error: () => settle(),
        },
      }),
    );
    try {
      socket.send(query);
    } catch {
      // It cannot be reached, as the kernel knows already.
      settle();
    }
    return socket;
  };
}

function overTcp(server: Server, query: Buffer): Open {
  return async (settle) => {
    const framing = new Framing();
    const socket = await from(server, () =>
      Bun.connect({
        hostname: server.address,
        port: DNS_PORT,
        socket: {
          // A question is far smaller than the socket's buffer, which is empty.
          open: (opened) => void opened.write(framed(query)),
          data: (_, chunk) => {
            const response = framing.push(chunk).find((message) => answers(message, query));
            if (response !== undefined) settle(response);
          },
          close: () => settle(),
          error: () => settle(),
          connectError: () => settle(),
        },
      }),
    );
    return { close: () => socket.terminate() };
  };
}

/** The kernel makes a socket while the function runs, so it belongs to where the thread is then. */
function from<T>({ namespace }: Server, make: () => Promise<T>): Promise<T> {
  return namespace === undefined ? make() : inNamespace(namespace, make);
}
