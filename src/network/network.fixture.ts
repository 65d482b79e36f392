import { afterAll, afterEach, beforeAll, beforeEach, expect } from "bun:test";
import { createConnection } from "node:net";
import { networkInterfaces } from "node:os";
import { saveRules } from "../os/firewall/host-rules.fixture.ts";
import { RouteSocket } from "../os/netlink/index.ts";
import { cleanup, NetworkController, type NetworkSettings, type Sandbox } from "./index.ts";
import { ownLinks } from "./links.ts";

export const log = (level: string, message: string) => {
  if (level === "error") console.error(message);
};
const third = process.pid % 120;
export const NET = "default";

export const configuration = (which: 0 | 1) => ({
  engineKey: `slwt${process.pid}${"ab"[which]}`,
  gateway: `10.213.${2 * third + which}.1`,
  bridge: {
    driver: "bridge",
    networkId: NET,
    name: NET,
    bridge: `slwt${process.pid}${"ab"[which]}`,
    subnets: [{ subnet: `10.213.${2 * third + which}.0/24`, gateway: `10.213.${2 * third + which}.1` }],
  } satisfies NetworkSettings,
});

/** The rules in the chains of this file's engines: other engines on the host have theirs. */
export async function ownRules(): Promise<string> {
  const lines = (await saveRules()).split("\n");
  return lines.filter((line) => line.includes(`slwt${process.pid}`)).join("\n");
}

export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen: ${what}`);
    await Bun.sleep(20);
  }
}

export const children: Bun.Subprocess[] = [];

/** Starts a program inside the sandbox, as a container's process. */
export function inside(sandbox: Sandbox, ...command: string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const child = Bun.spawn(["nsenter", `--net=${sandbox.path}`, ...command], {
    stdout: "pipe",
    stderr: "pipe",
  });
  children.push(child);
  return child;
}

/** Waits for the first output, so that the process is surely in the namespace. */
export async function started(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<void> {
  await child.stdout.getReader().read();
}

/** A server that answers every connection with a text and the client's address. */
export async function serve(sandbox: Sandbox, port: number, text: string): Promise<void> {
  inside(sandbox, "busybox", "nc", "-ll", "-p", String(port), "-e", "/bin/sh", "-c", `echo ${text}`);
  await eventually(`${text} listens`, async () => {
    return (await new Response(inside(sandbox, "ss", "-Hltn", `sport = :${port}`).stdout).text()) !== "";
  });
}

/** What a server says to a client on the host; an error's code if it cannot be reached. */
export function fetchText(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = createConnection({ host, port, timeout: 2_000 });
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("end", () => resolve(text.trim()));
    socket.on("timeout", () => resolve("ETIMEDOUT"));
    socket.on("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
    socket.on("close", () => resolve(text.trim()));
  });
}

/** A program that answers each datagram with an expression over `text`, what came in. */
export const udpServer = (answer: string) =>
  `await Bun.udpSocket({ port: 53, socket: { data: (it, text, port, host) => it.send(${answer}, port, host) } });
  console.log("ready")`;

export function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no answer")), 3_000).unref();
    const socket = { data: (_: unknown, data: Buffer) => resolve(data.toString()) };
    Bun.udpSocket({ socket }).then((client) => client.send("ping", port, "127.0.0.1"), reject);
  });
}

export async function fetchInside(sandbox: Sandbox, host: string, port: number): Promise<string> {
  const child = inside(sandbox, "busybox", "timeout", "2", "busybox", "nc", host, String(port));
  return (await new Response(child.stdout).text()).trim();
}

export const hostAddress = Object.values(networkInterfaces())
  .flat()
  .find(
    (address) => address?.family === "IPv4" && !address.internal && !address.address.startsWith("10.213."),
  )?.address;

export const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fine",
    (error: { kind: string; message: string }) => `${error.kind}: ${error.message}`,
  );

/** The names of the interfaces on the host that the engine made, its bridge included. */
export function interfacesOf(which: 0 | 1): string[] {
  using host = new RouteSocket();
  return ownLinks(host, configuration(which).engineKey).map(({ name }) => name);
}

async function cleanAll(): Promise<void> {
  for (const which of [0, 1] as const) {
    await cleanup({ engineKey: configuration(which).engineKey, firewall: true, log });
  }
}

/** A controller with its bridge made, that did not reconcile yet. */
export async function open(
  which: 0 | 1,
  options: { interContainer?: boolean } = {},
): Promise<NetworkController> {
  const { engineKey, bridge } = configuration(which);
  const it = new NetworkController({ engineKey, firewall: true, log });
  await it.ensure({ ...bridge, ...options });
  return it;
}

/** Gives each test of a file a controller of its own, and sees to it that nothing is left of it. */
export function useController(): { controller: NetworkController } {
  const held = {} as { controller: NetworkController };
  beforeAll(cleanAll);
  afterAll(cleanAll);
  beforeEach(async () => {
    held.controller = await open(0);
    await held.controller.reconcile();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill(9);
      await child.exited;
    }
    // What is attached to the network goes with what else is found of the engine.
    await held.controller.close();
    await cleanAll();
    await eventually("all interfaces are gone", () => interfacesOf(0).length === 0);
    expect(await saveRules()).not.toContain(configuration(0).engineKey);
  });
  return held;
}

/** As many sandboxes on the file's network. */
export function acquireMany(controller: NetworkController, count: number): Promise<Sandbox[]> {
  return Promise.all(Array.from({ length: count }, () => controller.acquire([{ networkId: NET }])));
}
