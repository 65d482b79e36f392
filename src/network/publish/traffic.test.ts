import { beforeEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { PublishedPort, Sandbox } from "../model.ts";
import { configuration, fetchText, inside, NET, serve, started, useController } from "../network.fixture.ts";

const engine = useController();
const DUAL = "dual";
const { gateway } = configuration(0);
// Beside the file's own network, which is IPv4 only.
const third = gateway.split(".")[2];
const dual = {
  driver: "bridge",
  networkId: DUAL,
  name: DUAL,
  bridge: `slwt${process.pid}d`,
  subnets: [
    { subnet: `10.214.${third}.0/24`, gateway: `10.214.${third}.1` },
    { subnet: `fd21:3:0:${third}::/64`, gateway: `fd21:3:0:${third}::1` },
  ],
} as const;

beforeEach(() => engine.controller.ensure(dual));

const hostIPv6 = Object.values(networkInterfaces())
  .flat()
  .find((it) => it?.family === "IPv6" && !it.internal && !/^fe80|^fd21/.test(it.address))?.address;

const TCP = { containerPort: 80, protocol: "tcp" } as const;

async function container(): Promise<Sandbox> {
  const sandbox = await engine.controller.acquire([{ networkId: DUAL }]);
  await serve(sandbox, TCP.containerPort, "hello");
  return sandbox;
}

/** A connection to a server that says everything back, which it has done once. */
async function conversation(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  socket.write("once");
  await once(socket, "data");
  return socket;
}

async function echo(sandbox: Sandbox): Promise<void> {
  const program = `Bun.listen({ hostname: "::", port: 80, socket: { data: (it, text) => void it.write(text) } });
    console.log("ready")`;
  await started(inside(sandbox, process.execPath, "-e", program));
}

/** Whether the connection is broken, or breaks when something is said on it. */
async function isBroken(socket: Socket): Promise<boolean> {
  if (socket.destroyed) return true;
  const outcome = new Promise<boolean>((resolve) => {
    socket.once("data", () => resolve(false));
    socket.once("close", () => resolve(true));
  });
  socket.write("again");
  const broken = await outcome;
  socket.destroy();
  return broken;
}

describe("a port published without an address", () => {
  test("is reached by both families, at every address of the host, under one number", async () => {
    const web = await container();
    const ports = await engine.controller.publish(web.id, [TCP]);
    const [ipv4, ipv6] = ports;
    expect(ports.map(({ hostIp }) => hostIp)).toEqual(["0.0.0.0", "::"]);
    expect(ipv6?.hostPort).toBe(ipv4?.hostPort ?? 0);
    const hosts = [
      "127.0.0.1",
      "::1",
      ...dual.subnets.map((it) => it.gateway),
      ...(hostIPv6 ? [hostIPv6] : []),
    ];
    for (const host of hosts)
      expect([host, await fetchText(host, ipv4?.hostPort ?? 0)]).toEqual([host, "hello"]);
    await engine.controller.release(web);
    for (const host of hosts)
      expect([host, await fetchText(host, ipv4?.hostPort ?? 0)]).toEqual([host, "ECONNREFUSED"]);
  });
});

describe("a port that is taken back from a running container", () => {
  test("ends the connections through it, and no others", async () => {
    const sandbox = await engine.controller.acquire([{ networkId: DUAL }]);
    await echo(sandbox);
    const requests = ["127.0.0.1", "127.0.0.1", dual.subnets[1].gateway, "::1"].map((hostIp) => ({
      ...TCP,
      hostIp,
    }));
    const ports = await engine.controller.publish(sandbox.id, requests);
    const sockets = await Promise.all(ports.map(({ hostIp, hostPort }) => conversation(hostIp, hostPort)));
    const [, kept] = ports;
    await engine.controller.unpublish(
      sandbox.id,
      ports.filter((port) => port !== kept),
    );
    expect(engine.controller.ports(sandbox.id)).toEqual([kept] as PublishedPort[]);
    expect(await Promise.all(sockets.map(isBroken))).toEqual([true, false, true, true]);
    expect(await fetchText("127.0.0.1", ports[0]?.hostPort ?? 0)).toBe("ECONNREFUSED");
  });
});

describe("a port of a container whose network changes", () => {
  test("leads to its new address, and to the old one for nobody any more", async () => {
    const sandbox = await engine.controller.acquire([{ networkId: NET }]);
    await echo(sandbox);
    const [port] = await engine.controller.publish(sandbox.id, [TCP]);
    const hostPort = port?.hostPort ?? 0;
    const socket = await conversation("127.0.0.1", hostPort);
    await engine.controller.connect(sandbox.id, { networkId: DUAL, gatewayPriority: 1 });
    const ports = engine.controller.ports(sandbox.id);
    expect(ports.map(({ hostIp }) => hostIp)).toEqual(["0.0.0.0", "::"]);
    expect(ports[0]?.address).toStartWith(`10.214.${third}.`);
    expect(ports[0]?.hostPort).toBe(hostPort);
    expect(await isBroken(socket)).toBe(true);
    for (const host of ["127.0.0.1", "::1"])
      expect(await isBroken(await conversation(host, hostPort))).toBe(false);
    await engine.controller.disconnect(sandbox.id, DUAL);
    expect(engine.controller.ports(sandbox.id)).toMatchObject([{ hostPort, address: port?.address }]);
    expect(await isBroken(await conversation("127.0.0.1", hostPort))).toBe(false);
  });
});
