import { afterEach, expect, test } from "bun:test";
import { closeSync } from "node:fs";
import { RouteSocket, setLink } from "../netlink/index.ts";
import { createNamespace, inNamespace } from "../netns.ts";
import { hasVariant } from "./iptables.ts";
import { redirectPorts } from "./port-redirect.ts";
import { rewritePorts } from "./port-rewrite.ts";

const ADDRESS = "127.0.0.11";
const PORT = 53;
const undo: (() => unknown)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

function namespace(): number {
  const { fd } = createNamespace(() => {
    using socket = new RouteSocket();
    socket.transact(setLink("lo", { up: true }));
  });
  undo.push(() => closeSync(fd));
  return fd;
}

/** Listens in the namespace and answers everything with `name` and what came. */
async function service(fd: number, name: string) {
  const { datagrams, streams } = inNamespace(fd, () => ({
    datagrams: Bun.udpSocket({
      hostname: ADDRESS,
      port: 0,
      socket: { data: (it, text, port, from) => void it.send(`${name} ${text}`, port, from) },
    }),
    streams: Bun.listen({
      hostname: ADDRESS,
      port: 0,
      socket: { data: (it, text) => void it.end(`${name} ${text}`) },
    }),
  }));
  const socket = await datagrams;
  undo.push(() => socket.close());
  undo.push(() => streams.stop(true));
  return { address: ADDRESS, port: PORT, udp: socket.port, tcp: streams.port };
}

const asker = {
  udp: (resolve: (text: string) => void) =>
    Bun.udpSocket({
      connect: { hostname: ADDRESS, port: PORT },
      socket: { data: (_, text) => resolve(text.toString()) },
    }).then((socket) => {
      socket.send("udp");
      undo.push(() => socket.close());
    }),
  tcp: (resolve: (text: string) => void) =>
    Bun.connect({
      hostname: ADDRESS,
      port: PORT,
      socket: { open: (it) => void it.write("tcp"), data: (_, text) => resolve(text.toString()) },
    }),
};

/** What is said at the port that programs know. */
async function ask(fd: number, transport: keyof typeof asker): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  await inNamespace(fd, () => asker[transport](resolve));
  return promise;
}

test("leads a port to where the service listens, and then to where its successor does", async () => {
  const fd = namespace();
  for (const name of ["first", "second"]) {
    const ports = await service(fd, name);
    inNamespace(fd, () => rewritePorts(ports));
    expect(await ask(fd, "udp")).toBe(`${name} udp`);
    expect(await ask(fd, "tcp")).toBe(`${name} tcp`);
  }
});

test.skipIf(!hasVariant(4, "legacy"))("does the same with the tables of old", async () => {
  const fd = namespace();
  for (const name of ["first", "second"]) {
    const ports = await service(fd, name);
    await redirectPorts(fd, ports);
    expect(await ask(fd, "udp")).toBe(`${name} udp`);
    expect(await ask(fd, "tcp")).toBe(`${name} tcp`);
  }
});

test("changes nothing that is sent elsewhere", async () => {
  const fd = namespace();
  const ports = await service(fd, "service");
  inNamespace(fd, () => rewritePorts(ports));
  const { promise, resolve } = Promise.withResolvers<string>();
  const own = await inNamespace(fd, () =>
    Bun.udpSocket({
      hostname: "0.0.0.0",
      port: PORT,
      socket: { data: (_, text) => resolve(text.toString()) },
    }),
  );
  const client = await inNamespace(fd, () =>
    Bun.udpSocket({ connect: { hostname: "127.0.0.1", port: PORT }, socket: {} }),
  );
  undo.push(
    () => own.close(),
    () => client.close(),
  );
  client.send("to the container's own");
  expect(await promise).toBe("to the container's own");
});
