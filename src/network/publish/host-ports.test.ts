import { afterEach, expect, test } from "bun:test";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { HeldPort } from "./held-port.ts";
import { HostPorts } from "./host-ports.ts";

const ports = new HostPorts();
const held: HeldPort[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const port of held.splice(0)) ports.release(port);
  for (const server of servers.splice(0)) server.close();
});

const target = "10.0.0.2:80";
function reserve(hostPort: string, ...hostIps: string[]): HeldPort[] {
  const hosts = hostIps.map((hostIp) => ({ hostIp, target }));
  const reserved = ports.reserve({ protocol: "tcp", hosts, hostPort });
  held.push(...reserved);
  return reserved;
}

/** Another program's server; answers its port, or why it cannot have it. */
async function listen(host: string, port: number): Promise<number | string> {
  const server = createServer();
  servers.push(server);
  server.listen({ host, port, ipv6Only: true });
  const failure = once(server, "error").then(([error]) => (error as NodeJS.ErrnoException).code ?? "");
  const listening = once(server, "listening").then(() => (server.address() as { port: number }).port);
  return Promise.race([failure, listening]);
}

const failure = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return `${(error as { kind: string }).kind}: ${(error as Error).message}`;
  }
  return undefined;
};

test("one number is held for both families, and nobody else gets it", async () => {
  const [ipv4, ipv6] = reserve("", "0.0.0.0", "::");
  expect(ipv6?.hostPort).toBe(ipv4?.hostPort ?? 0);
  expect(await listen("127.0.0.1", ipv4?.hostPort ?? 0)).toBe("EADDRINUSE");
  expect(await listen("::1", ipv4?.hostPort ?? 0)).toBe("EADDRINUSE");
});

test("a number that is free in one family only is passed", async () => {
  const taken = Number(await listen("::1", 0));
  const range = `${taken}-${taken + 5}`;
  const [ipv4, ipv6] = reserve(range, "0.0.0.0", "::");
  expect(ipv4?.hostPort).toBeGreaterThan(taken);
  expect(ipv6?.hostPort).toBe(ipv4?.hostPort ?? 0);
  // What was tried is free again.
  expect(await listen("127.0.0.1", taken)).toBe(taken);
});

test("it is said who has a port", async () => {
  const [port] = reserve("", "::1");
  const number = String(port?.hostPort);
  expect(failure(() => reserve(number, "::"))).toBe(
    `conflict: Bind for [::]:${number} failed: port is already allocated`,
  );
  expect(reserve(number, "127.0.0.1")).toHaveLength(1);
  const foreign = await listen("::", 0);
  expect(failure(() => reserve(String(foreign), "::1"))).toBe(
    `conflict: failed to bind host port for [::1]:${foreign}:${target}/tcp: address already in use`,
  );
});

test("an address that the host does not have is none to publish on", () => {
  expect(failure(() => reserve("", "2001:db8::9"))).toStartWith(
    "invalid: failed to bind host port for [2001:db8::9]:",
  );
});

test("a port that is given back is free, and one that is shared is not for long", async () => {
  const [port] = reserve("", "::1");
  const number = port?.hostPort ?? 0;
  expect(await port?.shared(() => listen("::1", number))).toBe(number);
  expect(await listen("::1", number)).toBe("EADDRINUSE");
  servers[0]?.close();
  if (port) ports.release(port);
  expect(reserve(String(number), "::1")).toHaveLength(1);
});

test("SCTP ports are held where the kernel has SCTP, and refused where it has not", () => {
  const wish = { protocol: "sctp", hosts: [{ hostIp: "127.0.0.1", target }], hostPort: "" } as const;
  const outcome = failure(() => held.push(...ports.reserve(wish)));
  expect(outcome).toBeOneOf([
    undefined,
    "unavailable: this host's kernel has no SCTP; publish TCP or UDP ports",
  ]);
  if (outcome === undefined) expect(held[0]?.protocol).toBe("sctp");
});
