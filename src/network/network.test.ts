import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createConnection, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { restoreRules, saveRules } from "../os/firewall/index.ts";
import { RouteSocket } from "../os/netlink/index.ts";
import { cleanup, NetworkController, type Sandbox } from "./index.ts";

const log = (level: string, message: string) => {
  if (level === "error") console.error(message);
};
const third = process.pid % 120;
const NET = "default";

const configuration = (which: 0 | 1) => ({
  engineKey: `slwt${process.pid}${"ab"[which]}`,
  bridge: {
    networkId: NET,
    bridge: `slwt${process.pid}${"ab"[which]}`,
    subnet: `10.213.${2 * third + which}.0/24`,
    gateway: `10.213.${2 * third + which}.1`,
  },
});

async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen: ${what}`);
    await Bun.sleep(20);
  }
}

const children: Bun.Subprocess[] = [];

/** Starts a program inside the sandbox, as a container's process. */
function inside(sandbox: Sandbox, ...command: string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const child = Bun.spawn(["nsenter", `--net=${sandbox.path}`, ...command], {
    stdout: "pipe",
    stderr: "pipe",
  });
  children.push(child);
  return child;
}

/** Waits for the first output, so that the process is surely in the namespace. */
async function started(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<void> {
  await child.stdout.getReader().read();
}

/** A server that answers every connection with a text and the client's address. */
async function serve(sandbox: Sandbox, port: number, text: string): Promise<void> {
  inside(sandbox, "busybox", "nc", "-ll", "-p", String(port), "-e", "/bin/sh", "-c", `echo ${text}`);
  await eventually(`${text} listens`, async () => {
    return (await new Response(inside(sandbox, "ss", "-Hltn", `sport = :${port}`).stdout).text()) !== "";
  });
}

/** What a server says to a client on the host; an error's code if it cannot be reached. */
function fetchText(host: string, port: number): Promise<string> {
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
const udpServer = (answer: string) =>
  `await Bun.udpSocket({ port: 53, socket: { data: (it, text, port, host) => it.send(${answer}, port, host) } });
  console.log("ready")`;

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no answer")), 3_000).unref();
    const socket = { data: (_: unknown, data: Buffer) => resolve(data.toString()) };
    Bun.udpSocket({ socket }).then((client) => client.send("ping", port, "127.0.0.1"), reject);
  });
}

async function fetchInside(sandbox: Sandbox, host: string, port: number): Promise<string> {
  const child = inside(sandbox, "busybox", "timeout", "2", "busybox", "nc", host, String(port));
  return (await new Response(child.stdout).text()).trim();
}

const hostAddress = Object.values(networkInterfaces())
  .flat()
  .find(
    (address) => address?.family === "IPv4" && !address.internal && !address.address.startsWith("10.213."),
  )?.address;

const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fine",
    (error: { kind: string; message: string }) => `${error.kind}: ${error.message}`,
  );

const linkNames = () => {
  using host = new RouteSocket();
  return host.links().map(({ name }) => name);
};

async function cleanAll(): Promise<void> {
  for (const which of [0, 1] as const)
    await cleanup({ engineKey: configuration(which).engineKey, firewall: true, log });
}

let before: string[];
let controller: NetworkController;

async function open(which: 0 | 1, options: { interContainer?: boolean } = {}): Promise<NetworkController> {
  const { engineKey, bridge } = configuration(which);
  const it = new NetworkController({ engineKey, firewall: true, log });
  await it.ensureBridge({ ...bridge, ...options });
  return it;
}

beforeAll(cleanAll);
afterAll(cleanAll);

beforeEach(async () => {
  before = linkNames();
  controller = await open(0);
  await controller.reconcile();
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill(9);
    await child.exited;
  }
  await controller.removeBridge(NET);
  await controller.close();
  await cleanAll();
  await eventually("all interfaces are gone", () => linkNames().every((name) => before.includes(name)));
  expect(await saveRules()).not.toContain(configuration(0).engineKey);
});

describe("a sandbox", () => {
  test("is a host of the bridge's network", async () => {
    const sandbox = controller.acquire(NET);
    const [endpoint] = sandbox.endpoints;
    const { gateway } = configuration(0).bridge;
    expect(endpoint).toMatchObject({ networkId: NET, interface: "eth0", gateway, prefixLength: 24 });
    expect(endpoint?.macAddress).toMatch(/^02:42:0a:d5:/);
    expect(endpoint?.hostInterface).toMatch(/^veth[0-9a-f]{7}$/);
    const shown = await new Response(inside(sandbox, "ip", "addr").stdout).text();
    expect(shown).toContain(`inet ${endpoint?.address}/24`);
    expect(shown).toContain(`link/ether ${endpoint?.macAddress}`);
    expect(shown).not.toContain("fe80");
    expect(await new Response(inside(sandbox, "ip", "route").stdout).text()).toContain(
      `default via ${gateway}`,
    );
    expect(await inside(sandbox, "busybox", "ping", "-c1", "-W2", gateway).exited).toBe(0);
    using host = new RouteSocket();
    const link = host.link(endpoint?.hostInterface ?? "");
    expect(link?.alias).toBe(`slipway:${configuration(0).engineKey}:${sandbox.id}`);
    expect(link?.master).toBe(host.link(configuration(0).bridge.bridge)?.index ?? -1);
    await controller.release(sandbox);
    await controller.release(sandbox);
  });

  test("takes a fixed address, hardware address and kernel settings", async () => {
    const address = configuration(0).bridge.gateway.replace(/1$/, "77");
    const options = {
      address,
      macAddress: "02:00:00:00:00:07",
      sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
    };
    const sandbox = controller.acquire(NET, options);
    expect(sandbox.endpoints[0]).toMatchObject({ address, macAddress: options.macAddress });
    const setting = inside(sandbox, "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start");
    expect((await new Response(setting.stdout).text()).trim()).toBe("0");
    expect(() => controller.acquire(NET, { address })).toThrow("already in use");
    expect(() => controller.acquire(NET, { sysctls: { "kernel.panic": "1" } })).toThrow("kernel.panic");
    await controller.release(sandbox);
    controller.acquire(NET, { address });
  });

  test("goes even if a stray process stays in it", async () => {
    const sandbox = controller.acquire(NET);
    await started(inside(sandbox, "sh", "-c", "echo; exec sleep 60"));
    await controller.release(sandbox);
    const name = sandbox.endpoints[0]?.hostInterface ?? "";
    await eventually("the interface is deleted", () => !linkNames().includes(name));
  });

  test("leaks nothing, however many there were", async () => {
    const count = linkNames().length;
    for (let round = 0; round < 3; round++) {
      const all = Array.from({ length: 20 }, () => controller.acquire(NET));
      expect(new Set(all.map(({ endpoints }) => endpoints[0]?.address)).size).toBe(20);
      await Promise.all(all.map((sandbox) => controller.release(sandbox)));
    }
    await eventually("only warm ones remain", () => linkNames().length <= count + 3);
  });
});

describe("published ports", () => {
  test("lead into the container from the host, from neighbours and from itself", async () => {
    const [web, neighbour] = [controller.acquire(NET), controller.acquire(NET)];
    await serve(web, 80, "hello");
    const [port] = await controller.publish(web, [{ containerPort: 80, protocol: "tcp" }]);
    const address = web.endpoints[0]?.address ?? "";
    expect(port).toMatchObject({ hostIp: "0.0.0.0", protocol: "tcp", containerPort: 80, address });
    const hostPort = port?.hostPort ?? 0;
    const shown = await new Response(Bun.spawn(["iptables", "-t", "nat", "-vnL"]).stdout).text();
    expect(shown).toMatch(new RegExp(`DNAT +(tcp|6) .*tcp dpt:${hostPort} to:${address}:80`));
    expect(await fetchText("127.0.0.1", hostPort)).toBe("hello");
    expect(await fetchText(hostAddress ?? "", hostPort)).toBe("hello");
    expect(await fetchText(configuration(0).bridge.gateway, hostPort)).toBe("hello");
    expect(await fetchText(address, 80)).toBe("hello");
    expect(await fetchInside(neighbour, address, 80)).toBe("hello");
    expect(await fetchInside(neighbour, hostAddress ?? "", hostPort)).toBe("hello");
    expect(await fetchInside(web, hostAddress ?? "", hostPort)).toBe("hello");
    await controller.release(web);
    expect(await saveRules()).not.toContain(`--dport ${hostPort} `);
    expect(await fetchText("127.0.0.1", hostPort)).toBe("ECONNREFUSED");
  });

  test("work for UDP", async () => {
    const sandbox = controller.acquire(NET);
    const [port] = await controller.publish(sandbox, [
      { containerPort: 53, protocol: "udp", hostIp: "127.0.0.1" },
    ]);
    await started(inside(sandbox, process.execPath, "-e", udpServer("text")));
    expect(await ask(port?.hostPort ?? 0)).toBe("ping");
  });

  test("lead UDP clients to the container that has the port now", async () => {
    const answers: string[] = [];
    const client = await Bun.udpSocket({
      // While nothing is published the host refuses, and says so.
      socket: { data: (_, data) => void answers.push(data.toString()), error: () => undefined },
    });
    const serving = async (text: string, hostPort: string) => {
      const sandbox = controller.acquire(NET);
      await started(inside(sandbox, process.execPath, "-e", udpServer(`"${text}"`)));
      const [port] = await controller.publish(sandbox, [{ containerPort: 53, protocol: "udp", hostPort }]);
      return { sandbox, hostPort: port?.hostPort ?? 0 };
    };
    const answered = (text: string, hostPort: number) =>
      eventually(`${text} answers`, async () => {
        client.send("ping", hostPort, "127.0.0.1");
        await Bun.sleep(5);
        return answers.at(-1) === text;
      });
    const first = await serving("first", "");
    await answered("first", first.hostPort);
    await controller.release(first.sandbox);
    client.send("lost", first.hostPort, "127.0.0.1");
    await serving("second", String(first.hostPort));
    await answered("second", first.hostPort);
    client.close();
  });

  test("are really reserved", async () => {
    const [one, two] = [controller.acquire(NET), controller.acquire(NET)];
    const [port] = await controller.publish(one, [{ containerPort: 80, protocol: "tcp" }]);
    const hostPort = String(port?.hostPort);
    expect(await kindOf(controller.publish(two, [{ containerPort: 80, protocol: "tcp", hostPort }]))).toBe(
      `conflict: Bind for 0.0.0.0:${hostPort} failed: port is already allocated`,
    );
    const server = createServer();
    const refusal = new Promise((resolve) =>
      server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code)),
    );
    server.listen(Number(hostPort), "0.0.0.0");
    expect(await refusal).toBe("EADDRINUSE");

    const foreign = createServer();
    await new Promise<void>((resolve) => foreign.listen(0, "0.0.0.0", resolve));
    const taken = (foreign.address() as { port: number }).port;
    const request = { containerPort: 80, protocol: "tcp" } as const;
    expect(await kindOf(controller.publish(two, [request, { ...request, hostPort: String(taken) }]))).toBe(
      `conflict: failed to bind host port for 0.0.0.0:${taken}:${two.endpoints[0]?.address}:80/tcp: address already in use`,
    );
    const range = `${taken}-${taken + 5}`;
    const [chosen] = await controller.publish(two, [{ ...request, hostPort: range }]);
    expect(chosen?.hostPort).toBeGreaterThan(taken);
    foreign.close();
    expect(
      (await saveRules()).split("\n").filter((line) => line.includes(`${two.endpoints[0]?.address}:80`)),
    ).toHaveLength(1);
  });

  test("refuse what cannot be", async () => {
    const sandbox = controller.acquire(NET);
    const request = { containerPort: 80, protocol: "tcp" } as const;
    expect(await kindOf(controller.publish(sandbox, [{ ...request, hostPort: "70000" }]))).toStartWith(
      "invalid: ",
    );
    expect(await kindOf(controller.publish(sandbox, [{ ...request, hostPort: "9-1" }]))).toStartWith(
      "invalid: ",
    );
    expect(await kindOf(controller.publish(sandbox, [{ ...request, hostIp: "203.0.113.9" }]))).toContain(
      "cannot assign",
    );
    expect(await kindOf(controller.publish(sandbox, [{ ...request, hostIp: "::" }]))).toStartWith(
      "notImplemented: ",
    );
  });

  test("come back after their rules were flushed", async () => {
    const web = controller.acquire(NET);
    await serve(web, 80, "hello");
    const [port] = await controller.publish(web, [{ containerPort: 80, protocol: "tcp" }]);
    const key = configuration(0).engineKey;
    await restoreRules(`*nat\n-F SLIPWAY-DNAT-${key}\n-D POSTROUTING -j SLIPWAY-SNAT-${key}\nCOMMIT\n`);
    await eventually(
      "the port leads there again",
      async () => (await fetchText("127.0.0.1", port?.hostPort ?? 0)) === "hello",
    );
    // A change of ours on top of a flush repairs it as well.
    await restoreRules(`*nat\n-F SLIPWAY-DNAT-${key}\nCOMMIT\n`);
    await controller.release(web);
    expect(await saveRules()).not.toContain(`--dport ${port?.hostPort} `);
  });

  test("of twenty containers at once", async () => {
    const all = Array.from({ length: 20 }, () => controller.acquire(NET));
    const ports = await Promise.all(
      all.map((it) => controller.publish(it, [{ containerPort: 80, protocol: "tcp" }])),
    );
    expect(new Set(ports.flat().map(({ hostPort }) => hostPort)).size).toBe(20);
    await Promise.all(all.map((it) => controller.release(it)));
    expect(await saveRules()).not.toContain("--to-destination 10.213.");
  });
});

describe("engines", () => {
  test("work side by side, and their containers do not meet", async () => {
    const other = await open(1);
    await other.reconcile();
    const [here, there] = [controller.acquire(NET), other.acquire(NET)];
    await serve(here, 80, "here");
    await serve(there, 80, "there");
    const [a] = await controller.publish(here, [{ containerPort: 80, protocol: "tcp" }]);
    const [b] = await other.publish(there, [{ containerPort: 80, protocol: "tcp" }]);
    expect(a?.hostPort).not.toBe(b?.hostPort);
    expect(await fetchInside(here, there.endpoints[0]?.address ?? "", 80)).toBe("");
    expect(await fetchInside(here, hostAddress ?? "", b?.hostPort ?? 0)).toBe("there");
    await other.removeBridge(NET);
    await other.close();
    await cleanup({ engineKey: configuration(1).engineKey, firewall: true, log });
    expect(await fetchText("127.0.0.1", a?.hostPort ?? 0)).toBe("here");
  });

  test("take over what an earlier one left, and remove what belongs to nobody", async () => {
    const [kept, lost] = [controller.acquire(NET), controller.acquire(NET)];
    await serve(kept, 80, "kept");
    const stray = inside(lost, "sh", "-c", "echo; exec sleep 60");
    await started(stray);
    const ports = await controller.publish(kept, [{ containerPort: 80, protocol: "tcp" }]);
    await controller.publish(lost, [{ containerPort: 80, protocol: "tcp" }]);
    const hostPort = ports[0]?.hostPort ?? 0;
    await controller.close();

    controller = await open(0);
    expect(await fetchText("127.0.0.1", hostPort)).toBe("kept");
    const pid = children[0]?.pid ?? 0;
    const adopted = controller.adopt({ id: kept.id, pid, endpoints: kept.endpoints, ports });
    await controller.reconcile();
    expect(linkNames()).not.toContain(lost.endpoints[0]?.hostInterface);
    expect(await saveRules()).not.toContain(`${lost.endpoints[0]?.address}:80`);
    expect(await fetchText("127.0.0.1", hostPort)).toBe("kept");
    expect(() => controller.acquire(NET, { address: kept.endpoints[0]?.address ?? "" })).toThrow(
      "already in use",
    );
    expect(
      await kindOf(
        controller.publish(controller.acquire(NET), [
          { containerPort: 1, protocol: "tcp", hostPort: String(hostPort) },
        ]),
      ),
    ).toContain("already allocated");
    stray.kill();
    await controller.release(adopted);
    expect(await saveRules()).not.toContain(`--dport ${hostPort} `);
  });

  test("leave nothing but their containers when they are killed", async () => {
    const { engineKey, bridge } = configuration(1);
    const engine = `
      import { NetworkController } from "${import.meta.dir}/index.ts";
      const it = new NetworkController({ engineKey: "${engineKey}", firewall: true, log: console.error });
      await it.ensureBridge(${JSON.stringify(bridge)});
      await it.reconcile();
      it.acquire("${NET}");
      console.log("ready");
      setInterval(() => {}, 1000);`;
    const child = Bun.spawn([process.execPath, "-e", engine], { stdout: "pipe", stderr: "inherit" });
    children.push(child as (typeof children)[number]);
    await child.stdout.getReader().read();
    const ours = () => {
      using host = new RouteSocket();
      return host
        .links()
        .filter(({ alias, kind }) => kind === "veth" && alias?.startsWith(`slipway:${engineKey}:`));
    };
    await eventually("it works ahead", () => ours().length === 4);
    child.kill("SIGKILL");
    await child.exited;
    await eventually("its sandboxes vanish by themselves", () => ours().length === 0);
    expect(linkNames()).toContain(bridge.bridge);
  });

  test("refuse a bridge that another one uses", async () => {
    const { bridge } = configuration(0);
    const other = new NetworkController({ engineKey: configuration(1).engineKey, firewall: true, log });
    expect(await kindOf(other.ensureBridge(bridge))).toContain("conflict: the bridge");
    await other.close();
  });

  test("keep containers apart where the network says so", async () => {
    const other = await open(1, { interContainer: false });
    await other.reconcile();
    const [one, two] = [other.acquire(NET), other.acquire(NET)];
    await serve(one, 80, "one");
    const [port] = await other.publish(one, [{ containerPort: 80, protocol: "tcp" }]);
    expect(await fetchInside(two, one.endpoints[0]?.address ?? "", 80)).toBe("");
    expect(await fetchInside(two, hostAddress ?? "", port?.hostPort ?? 0)).toBe("one");
    await other.removeBridge(NET);
    await other.close();
  });

  test("leave the administrator's chain alone", async () => {
    const { engineKey } = configuration(0);
    await restoreRules(`*filter\n-A SLIPWAY-USER-${engineKey} -s 203.0.113.0/24 -j DROP\nCOMMIT\n`);
    await controller.close();
    controller = await open(0);
    await controller.reconcile();
    const rules = (await saveRules()).split("\n");
    expect(rules).toContain(`-A SLIPWAY-USER-${engineKey} -s 203.0.113.0/24 -j DROP`);
    const forward = rules.filter((line) => line.startsWith("-A FORWARD ") && line.endsWith(engineKey));
    expect(forward).toEqual([
      `-A FORWARD -j SLIPWAY-USER-${engineKey}`,
      `-A FORWARD -j SLIPWAY-FWD-${engineKey}`,
    ]);
    await restoreRules(`*filter\n-F SLIPWAY-USER-${engineKey}\nCOMMIT\n`);
  });
});
