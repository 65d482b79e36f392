import { afterEach, expect, test } from "bun:test";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Protocol } from "../../model.ts";
import { HeldPort } from "../held-port.ts";
import { HostPorts } from "../host-ports.ts";
import { type Forwarder, forward } from "./index.ts";

const ports = new HostPorts();
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A held port of [::1] that leads to a port of 127.0.0.1. */
async function forwardTo(
  port: number,
  protocol: Protocol,
): Promise<{ port: number; held: HeldPort; it: Forwarder }> {
  const hosts = [{ hostIp: "::1", target: `127.0.0.1:${port}` }];
  const [held] = ports.reserve({ protocol, hosts, hostPort: "" });
  if (held === undefined) throw new Error("no port");
  const listen = { address: "::1", port: held.hostPort };
  const it = await forward(held, {
    listen,
    target: { address: "127.0.0.1", port },
    onFailure: (error) => expect(error).toBeUndefined(),
  });
  cleanups.push(
    () => ports.release(held),
    () => it.close(),
  );
  return { port: held.hostPort, held, it };
}

/** A server that answers what it was told, when it was told everything. */
async function tcpServer(answer: (text: Buffer) => string | Buffer): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("end", () => socket.end(answer(Buffer.concat(chunks))));
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  return (server.address() as { port: number }).port;
}

function client(port: number, allowHalfOpen = false): Socket {
  const socket = connect({ host: "::1", port, allowHalfOpen });
  cleanups.push(() => socket.destroy());
  return socket;
}

async function said(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test("each direction of a connection ends by itself, however much went through", async () => {
  const bulk = Buffer.alloc(1 << 20, "abcdefg");
  const { port } = await forwardTo(await tcpServer((text) => text), "tcp");
  const socket = client(port, true);
  socket.end(bulk);
  expect((await said(socket)).equals(bulk)).toBe(true);
});

test("a container that refuses is seen as one", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: free } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const { port } = await forwardTo(free, "tcp");
  const socket = client(port);
  socket.on("error", () => socket.destroy());
  await once(socket, "close");
  expect(socket.bytesRead).toBe(0);
});

test("closing it ends what goes through it, and the port stays held", async () => {
  const { port, held, it } = await forwardTo(await tcpServer(() => "late"), "tcp");
  const socket = client(port);
  await once(socket, "connect");
  socket.on("error", () => socket.destroy());
  it.close();
  await once(socket, "close");
  expect(() => new HeldPort({ protocol: "tcp", hostIp: "::1", hostPort: port }, "x")).toThrow(
    "already in use",
  );
  ports.release(held);
  new HeldPort({ protocol: "tcp", hostIp: "::1", hostPort: port }, "x").close();
});

test("a port that another program was faster on is a failure that says so", async () => {
  const held = new HeldPort({ protocol: "tcp", hostIp: "::", hostPort: 0 }, "x");
  cleanups.push(() => held.close());
  const other = createServer();
  cleanups.push(() => other.close());
  other.listen({ host: "::1", port: 0 });
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const failing = forward(held, {
    listen: { address: "::1", port },
    target: { address: "127.0.0.1", port: 1 },
    onFailure: () => undefined,
  });
  expect(await failing.catch((error: NodeJS.ErrnoException) => error.code)).toBe("EADDRINUSE");
});

async function udpSocket(type: "udp4" | "udp6", address: string): Promise<UdpSocket> {
  const socket = createSocket(type);
  socket.bind(0, address);
  await once(socket, "listening");
  cleanups.push(() => socket.close());
  return socket;
}

test("datagrams find the container, and its answers each client", async () => {
  const server = await udpSocket("udp4", "127.0.0.1");
  server.on("message", (text, from) => server.send(`${text}!`, from.port, from.address));
  const { port } = await forwardTo(server.address().port, "udp");
  const clients = [await udpSocket("udp6", "::1"), await udpSocket("udp6", "::1")];
  const answers = clients.map((socket) => once(socket, "message"));
  for (const [index, socket] of clients.entries()) socket.send(`from ${index}`, port, "::1");
  expect((await Promise.all(answers)).map(([text]) => String(text))).toEqual(["from 0!", "from 1!"]);
  const again = once(clients[0] as UdpSocket, "message");
  clients[0]?.send("again", port, "::1");
  expect(String((await again)[0])).toBe("again!");
});
