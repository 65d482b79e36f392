import { describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { createBridge, deleteLink, RouteSocket } from "../os/netlink/index.ts";
import { inNamespace } from "../os/netns.ts";
import type { Endpoint, Sandbox } from "./index.ts";
import { eventually } from "./network.fixture.ts";
import {
  at,
  both,
  links,
  live,
  macvlan,
  messages,
  newController,
  only4,
  reaches,
  run,
  useNetworks,
  wayOut,
} from "./networks.fixture.ts";

const engine = useNetworks();
const networks = [both, only4, macvlan];

async function start(): Promise<void> {
  for (const network of networks) await engine.controller.ensure(network);
}

/** A container that outlives its engine; the next one knows of it what was recorded. */
async function crash(
  sandbox: Sandbox,
  recorded: readonly Endpoint[],
  between: (pid: number) => unknown = () => undefined,
): Promise<Sandbox & AsyncDisposable> {
  const child = await live(sandbox);
  await engine.controller.close();
  await between(child.pid);
  engine.controller = newController();
  await start();
  const { id } = sandbox;
  const adopted = engine.controller.adopt({ id, pid: child.pid, endpoints: recorded, ports: [] });
  await engine.controller.reconcile();
  const end = async () => {
    child.kill(9);
    await child.exited;
  };
  return Object.assign(adopted, { [Symbol.asyncDispose]: end });
}

const names = async (sandbox: Sandbox) =>
  (await run(sandbox, "ip", "-br", "link")).split("\n").map((line) => line.split(/[@ ]/)[0]);

describe("an engine that was killed", () => {
  test("while it connected a container leaves nothing of it", async () => {
    await start();
    const sandbox = await engine.controller.acquire([at(only4)]);
    const recorded = sandbox.endpoints;
    const lost = await engine.controller.connect(sandbox.id, { ...at(both), gatewayPriority: 1 });
    await engine.controller.connect(sandbox.id, at(macvlan));
    await using adopted = await crash(sandbox, recorded, (pid) => {
      // The moment between making an interface inside and giving it its name.
      const fd = openSync(`/proc/${pid}/ns/net`, "r");
      using inside = inNamespace(fd, () => new RouteSocket());
      closeSync(fd);
      inside.transact(createBridge("slw0123456789", {}));
    });
    expect(await names(adopted)).toEqual(["lo", "eth0"]);
    expect(links()).not.toContain(lost.hostInterface ?? "");
    expect(await wayOut(adopted, 4)).toBe(`via ${only4.subnets[0]?.gateway} eth0`);
    const again = await engine.controller.connect(adopted.id, at(macvlan));
    expect(again.interface).toBe("eth1");
  });

  test("while it disconnected a container has not begun", async () => {
    await start();
    const sandbox = await engine.controller.acquire([at(only4), at(both), at(macvlan)]);
    const recorded = sandbox.endpoints;
    for (const { networkId } of [both, macvlan]) await engine.controller.disconnect(sandbox.id, networkId);
    await using adopted = await crash(sandbox, recorded);
    expect(await names(adopted)).toEqual(["lo", "eth0", "eth1", "eth2"]);
    expect(adopted.endpoints).toEqual(recorded);
    expect(await wayOut(adopted, 4)).toBe(`via ${both.subnets[0]?.gateway} eth1`);
    const peer = await engine.controller.acquire([at(both), at(macvlan)]);
    expect(await reaches(adopted, peer.endpoints[0]?.ipv6?.address)).toBe(true);
    expect(await reaches(peer, recorded[2]?.ipv4?.address)).toBe(true);
  });

  test("gives nobody the addresses of those that live on", async () => {
    await start();
    const sandbox = await engine.controller.acquire([at(both)]);
    await using adopted = await crash(sandbox, sandbox.endpoints);
    const { ipv4, ipv6 } = adopted.endpoints[0] ?? {};
    const taken = [{ ipv4: ipv4?.address ?? "" }, { ipv6: ipv6?.address ?? "" }];
    for (const address of taken) {
      const refused = engine.controller.acquire([{ ...at(both), ...address }]);
      await expect(refused).rejects.toThrow("already in use");
    }
    await engine.controller.release(adopted);
    await engine.controller.acquire([{ ...at(both), ipv4: ipv4?.address ?? "" }]);
  });
});

describe("what others remove", () => {
  test("comes back with everybody who is on it", async () => {
    await start();
    const [one, two] = [
      await engine.controller.acquire([at(both), at(macvlan)]),
      await engine.controller.acquire([at(macvlan), at(both)]),
    ];
    using host = new RouteSocket();
    const dummy = `dm-${macvlan.networkId.slice(0, 12)}`;
    host.transact(deleteLink(both.bridge), deleteLink(dummy));
    await eventually("the devices come back", () =>
      [both.bridge, dummy].every((name) => links().includes(name)),
    );
    expect(messages).toHaveLength(2);
    expect(await reaches(one, two.endpoints[0]?.ipv4?.address)).toBe(true);
    expect(await reaches(one, two.endpoints[1]?.ipv6?.address)).toBe(true);
    expect(await reaches(two, both.subnets[1]?.gateway)).toBe(true);
    expect(await wayOut(one, 6)).toBe(`via ${both.subnets[1]?.gateway} eth0`);
  });
});
