import { afterEach } from "bun:test";
import { closeSync } from "node:fs";
import { type Answer, decode, encode, type Packet } from "dns-packet";
import { RouteSocket, setLink } from "../../os/netlink/index.ts";
import { createNamespace, inNamespace } from "../../os/netns.ts";
import type { ResolverSettings } from "../model.ts";
import { Framing, framed } from "./framing.ts";
import { Names } from "./names.ts";

const RECURSION_DESIRED = 0x0100;
const CLIENT_MILLISECONDS = 5_000;
const undo: (() => void)[] = [];

/** To be called once in each file: sees to it that nothing is left of a test. */
export function closeAfterEach(): void {
  afterEach(() => {
    for (const step of undo.splice(0).reverse()) step();
  });
}

/** Something that ends with the test. */
export function closing<T extends { close(): unknown }>(it: T): T {
  undo.push(() => void it.close());
  return it;
}

/** A namespace with nothing but its loopback. */
export function namespace(): number {
  const { fd } = createNamespace(() => {
    using socket = new RouteSocket();
    socket.transact(setLink("lo", { up: true }));
  });
  undo.push(() => closeSync(fd));
  return fd;
}

export const backend = { networkId: "n1", name: "backend" };
export const frontend = { networkId: "n2", name: "frontend" };
export const closed: ResolverSettings = { networks: [backend], forward: false };

/** A sandbox that is served, with everything that it needs. */
export async function served(
  settings: ResolverSettings = closed,
  options: { resolvConf?: string; patience?: number } = {},
): Promise<{ names: Names; fd: number; log: string[] }> {
  const log: string[] = [];
  const names = closing(new Names({ log: (_, message) => log.push(message), ...options }));
  const fd = namespace();
  await names.serve({ id: "s1", fd }, settings);
  return { names, fd, log };
}

export const question = (name: string, type: string, more: Partial<Packet> = {}): Buffer =>
  encode({
    type: "query",
    id: 4711,
    flags: RECURSION_DESIRED,
    // The types of the library leave out the newer ones.
    questions: [{ name, type: type as "A", class: "IN" }],
    ...more,
  });

/** What the answer to one question over UDP says: "0 1.2.3.4 5.6.7.8", its code first. */
export async function ask(fd: number, name: string, type = "A"): Promise<string> {
  return summary(await exchangeUdp(fd, question(name, type)));
}

export const edns: Answer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: 4096,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

export function summary(response: Buffer): string {
  const { flags = 0, answers = [] } = decode(response);
  const data = answers.map((record) => ("data" in record ? String(record.data) : record.type));
  return [flags & 0xf, ...data].join(" ");
}

/** The response to any bytes, from inside the namespace, as a container's program sees it. */
export async function exchangeUdp(fd: number, bytes: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = await inNamespace(fd, () =>
    Bun.udpSocket({
      connect: { hostname: "127.0.0.11", port: 53 },
      socket: { data: (_, response) => resolve(Buffer.from(response)), error: reject },
    }),
  );
  socket.send(bytes);
  return orTimeout(promise).finally(() => socket.close());
}

/** The responses to several messages on one TCP connection, which is half closed after the last one. */
export async function exchangeTcp(fd: number, ...messages: Buffer[]): Promise<Buffer[]> {
  const { promise, resolve } = Promise.withResolvers<Buffer[]>();
  const framing = new Framing();
  const responses: Buffer[] = [];
  const socket = await inNamespace(fd, () =>
    Bun.connect({
      hostname: "127.0.0.11",
      port: 53,
      socket: {
        open: (it) => {
          it.write(Buffer.concat(messages.map(framed)));
          it.shutdown();
        },
        data: (_, chunk) => void responses.push(...framing.push(chunk)),
        close: () => resolve(responses),
      },
    }),
  );
  return orTimeout(promise).finally(() => socket.terminate());
}

function orTimeout<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer")), CLIENT_MILLISECONDS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
