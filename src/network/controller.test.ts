import { describe, expect, test } from "bun:test";
import { restoreRules } from "../os/firewall/host-rules.fixture.ts";
import { RouteSocket } from "../os/netlink/index.ts";
import { cleanup, NetworkController } from "./index.ts";
import {
  children,
  configuration,
  eventually,
  fetchInside,
  fetchText,
  hostAddress,
  inside,
  interfacesOf,
  kindOf,
  log,
  NET,
  open,
  ownRules,
  serve,
  started,
  useController,
} from "./network.fixture.ts";

const engine = useController();

/** Runs commands of ip(8). */
async function ip(...commands: string[]): Promise<void> {
  const child = Bun.spawn(["ip", "-batch", "-"], { stdin: Buffer.from(commands.join("\n")) });
  expect(await child.exited).toBe(0);
}
const remove = (link: string) => ip(`link delete ${link}`);

describe("engines", () => {
  test("work side by side, and their containers do not meet", async () => {
    const other = await open(1);
    await other.reconcile();
    const [here, there] = [
      await engine.controller.acquire([{ networkId: NET }]),
      await other.acquire([{ networkId: NET }]),
    ];
    await serve(here, 80, "here");
    await serve(there, 80, "there");
    const [a] = await engine.controller.publish(here.id, [{ containerPort: 80, protocol: "tcp" }]);
    const [b] = await other.publish(there.id, [{ containerPort: 80, protocol: "tcp" }]);
    expect(a?.hostPort).not.toBe(b?.hostPort);
    expect(await fetchInside(here, there.endpoints[0]?.ipv4?.address ?? "", 80)).toBe("");
    expect(await fetchInside(here, hostAddress ?? "", b?.hostPort ?? 0)).toBe("there");
    await other.release(there);
    await other.remove(NET);
    await other.close();
    await cleanup({ engineKey: configuration(1).engineKey, firewall: true, log });
    expect(await fetchText("127.0.0.1", a?.hostPort ?? 0)).toBe("here");
  });

  test("take over what an earlier one left, and remove what belongs to nobody", async () => {
    const [kept, lost] = [
      await engine.controller.acquire([{ networkId: NET }]),
      await engine.controller.acquire([{ networkId: NET }]),
    ];
    await serve(kept, 80, "kept");
    const stray = inside(lost, "sh", "-c", "echo; exec sleep 60");
    await started(stray);
    const ports = await engine.controller.publish(kept.id, [{ containerPort: 80, protocol: "tcp" }]);
    await engine.controller.publish(lost.id, [{ containerPort: 80, protocol: "tcp" }]);
    const hostPort = ports[0]?.hostPort ?? 0;
    await engine.controller.close();

    engine.controller = await open(0);
    expect(await fetchText("127.0.0.1", hostPort)).toBe("kept");
    const pid = children[0]?.pid ?? 0;
    const adopted = engine.controller.adopt({ id: kept.id, pid, endpoints: kept.endpoints, ports });
    await engine.controller.reconcile();
    expect(interfacesOf(0)).not.toContain(lost.endpoints[0]?.hostInterface);
    expect(await ownRules()).not.toContain(`${lost.endpoints[0]?.ipv4?.address}:80`);
    expect(await fetchText("127.0.0.1", hostPort)).toBe("kept");
    const ipv4 = kept.endpoints[0]?.ipv4?.address ?? "";
    expect(await kindOf(engine.controller.acquire([{ networkId: NET, ipv4 }]))).toContain("already in use");
    expect(
      await kindOf(
        engine.controller.publish((await engine.controller.acquire([{ networkId: NET }])).id, [
          { containerPort: 1, protocol: "tcp", hostPort: String(hostPort) },
        ]),
      ),
    ).toContain("already allocated");
    stray.kill();
    await engine.controller.release(adopted);
    expect(await ownRules()).not.toContain(`--dport ${hostPort} `);
  });

  test("leave nothing but their containers when they are killed", async () => {
    const { engineKey, bridge } = configuration(1);
    const program = `
      import { NetworkController } from "${import.meta.dir}/index.ts";
      const it = new NetworkController({ engineKey: "${engineKey}", firewall: true, log: console.error });
      await it.ensure(${JSON.stringify(bridge)});
      await it.reconcile();
      await it.acquire([{ networkId: "${NET}" }]);
      console.log("ready");
      setInterval(() => {}, 1000);`;
    const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
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
    expect(interfacesOf(1)).toContain(bridge.bridge);
  });

  test("put a bridge back that somebody deleted, with the containers that are on it", async () => {
    const { bridge } = configuration(0).bridge;
    const before = await engine.controller.acquire([{ networkId: NET }]);
    await serve(before, 80, "before");
    const [port] = await engine.controller.publish(before.id, [{ containerPort: 80, protocol: "tcp" }]);
    await remove(bridge);
    const after = await engine.controller.acquire([{ networkId: NET }]);
    expect(await fetchInside(after, before.endpoints[0]?.ipv4?.address ?? "", 80)).toBe("before");
    expect(await fetchInside(before, hostAddress ?? "", port?.hostPort ?? 0)).toBe("before");
    expect(await fetchText("127.0.0.1", port?.hostPort ?? 0)).toBe("before");
    await remove(bridge);
    await eventually("the bridge comes back by itself", () => interfacesOf(0).includes(bridge));
    // An engine that starts elsewhere at this moment may take rules without a bridge for orphans: they come back too.
    await eventually(
      "the port leads to the container again",
      async () => (await fetchText("127.0.0.1", port?.hostPort ?? 0)) === "before",
    );
  });

  test("say why a bridge cannot be put back", async () => {
    const { bridge } = configuration(0).bridge;
    // In one go: the engine looks by itself, too.
    await ip(`link delete ${bridge}`, `link add ${bridge} type veth`);
    expect(await kindOf(engine.controller.acquire([{ networkId: NET }]))).toContain(
      `the interface ${bridge} exists and is not a bridge`,
    );
    await remove(bridge);
    expect((await engine.controller.acquire([{ networkId: NET }])).endpoints[0]?.ipv4?.address).toBeDefined();
  });

  test("refuse a bridge that another one uses", async () => {
    const { bridge } = configuration(0);
    const other = new NetworkController({ engineKey: configuration(1).engineKey, firewall: true, log });
    expect(await kindOf(other.ensure(bridge))).toContain("conflict: the bridge");
    await other.close();
  });

  test("keep containers apart where the network says so", async () => {
    const other = await open(1, { interContainer: false });
    await other.reconcile();
    const [one, two] = [await other.acquire([{ networkId: NET }]), await other.acquire([{ networkId: NET }])];
    await serve(one, 80, "one");
    const [port] = await other.publish(one.id, [{ containerPort: 80, protocol: "tcp" }]);
    expect(await fetchInside(two, one.endpoints[0]?.ipv4?.address ?? "", 80)).toBe("");
    expect(await fetchInside(two, hostAddress ?? "", port?.hostPort ?? 0)).toBe("one");
    for (const sandbox of [one, two]) await other.release(sandbox);
    await other.remove(NET);
    await other.close();
  });

  test("leave the administrator's chain alone", async () => {
    const { engineKey } = configuration(0);
    await restoreRules(`*filter\n-A SLIPWAY-USER-${engineKey} -s 203.0.113.0/24 -j DROP\nCOMMIT\n`);
    await engine.controller.close();
    engine.controller = await open(0);
    await engine.controller.reconcile();
    const rules = (await ownRules()).split("\n");
    expect(rules).toContain(`-A SLIPWAY-USER-${engineKey} -s 203.0.113.0/24 -j DROP`);
    const forward = rules.filter((line) => line.startsWith("-A FORWARD ") && line.endsWith(engineKey));
    expect(forward).toEqual([
      `-A FORWARD -j SLIPWAY-USER-${engineKey}`,
      `-A FORWARD -j SLIPWAY-FWD-${engineKey}`,
    ]);
    await restoreRules(`*filter\n-F SLIPWAY-USER-${engineKey}\nCOMMIT\n`);
  });
});
