import { afterAll, afterEach, beforeEach, expect } from "bun:test";
import { closeSync } from "node:fs";
import { RouteSocket } from "../os/netlink/index.ts";
import { createNamespace } from "../os/netns.ts";
import {
  type BridgeNetwork,
  cleanup,
  type MacvlanNetwork,
  NetworkController,
  type Sandbox,
} from "./index.ts";
import { ownLinks } from "./links.ts";
import { eventually } from "./network.fixture.ts";

/** Networks of this file's engine: three bridges of both, one and the other family, and a macvlan on a dummy. */
export const engineKey = `slwn${process.pid}`;
const base = process.pid % 60;
const four = (n: number) => `10.214.${4 * base + n}`;
const six = (n: number) => `fd57:${(base + 1).toString(16)}:${n + 1}:`;

export const bridgeNetwork = (n: number, families: (4 | 6)[], more: Partial<BridgeNetwork> = {}) =>
  ({
    driver: "bridge",
    networkId: `net${n}`,
    name: `net${n}`,
    bridge: `slwn${process.pid}${n}`,
    subnets: [
      ...(families.includes(4) ? [{ subnet: `${four(n)}.0/24`, gateway: `${four(n)}.1` }] : []),
      ...(families.includes(6) ? [{ subnet: `${six(n)}:/64`, gateway: `${six(n)}:1` }] : []),
    ],
    ...more,
  }) satisfies BridgeNetwork;

export const both = bridgeNetwork(0, [4, 6]);
export const only4 = bridgeNetwork(1, [4]);
export const only6 = bridgeNetwork(2, [6]);
export const macvlan = {
  driver: "macvlan",
  networkId: `${engineKey}macvlan`,
  name: "macvlan",
  mode: "bridge",
  internal: true,
  subnets: [{ subnet: `${four(3)}.0/24` }, { subnet: `${six(3)}:/64` }],
} satisfies MacvlanNetwork;

export const at = ({ networkId }: { networkId: string }) => ({ networkId });

export const messages: string[] = [];
const log = (level: string, message: string) =>
  void (level !== "debug" && messages.push(`${level}: ${message}`));

export function newController(): NetworkController {
  return new NetworkController({ engineKey, firewall: false, log });
}

/** What a program inside prints, whatever comes of it. */
export async function run(sandbox: Pick<Sandbox, "path">, ...command: string[]): Promise<string> {
  const child = Bun.spawn(["nsenter", `--net=${sandbox.path}`, ...command], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return `${out}${error}`.trim();
}

export const reaches = async (sandbox: Sandbox, address: string | undefined): Promise<boolean> =>
  (await run(sandbox, "busybox", "ping", "-c1", "-W2", address ?? "")).includes(" 0% packet loss");

/** The interface and the gateway of the default route. */
export async function wayOut(sandbox: Sandbox, family: 4 | 6): Promise<string> {
  const shown = await run(sandbox, "ip", `-${family}`, "route", "show", "default");
  return shown.replace(/^default (via \S+ )?dev (\S+).*/s, "$1$2");
}

export function links(): string[] {
  using host = new RouteSocket();
  return ownLinks(host, engineKey).map(({ name }) => name);
}

/** A process in the sandbox, as a container's. */
export async function live(sandbox: Sandbox): Promise<Bun.Subprocess> {
  const child = Bun.spawn(["nsenter", `--net=${sandbox.path}`, "sh", "-c", "echo; exec sleep 100"], {
    stdout: "pipe",
  });
  await child.stdout.getReader().read();
  return child;
}

/** An empty network that stands for a host. */
export function elsewhere(): Disposable & { fd: number; socket: RouteSocket } {
  const { fd, result: socket } = createNamespace(() => new RouteSocket());
  const dispose = () => {
    socket[Symbol.dispose]();
    closeSync(fd);
  };
  return { fd, socket, [Symbol.dispose]: dispose };
}

/** Gives each test of a file a controller of its own, without networks, and sees to it that nothing is left of it. */
export function useNetworks(): { controller: NetworkController } {
  const held = {} as { controller: NetworkController };
  beforeEach(async () => {
    messages.length = 0;
    held.controller = newController();
    await held.controller.reconcile();
  });
  afterEach(async () => {
    await held.controller.close();
    await cleanup({ engineKey, firewall: false, log });
    await eventually("all interfaces are gone", () => links().length === 0);
    expect(messages.filter((message) => message.startsWith("error"))).toEqual([]);
  });
  afterAll(() => cleanup({ engineKey, firewall: false, log }));
  return held;
}
