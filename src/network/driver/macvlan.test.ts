import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createBridge, deleteLink, RouteSocket, setLink } from "../../os/netlink/index.ts";
import type { IpvlanNetwork, MacvlanNetwork } from "../index.ts";
import { kindOf } from "../network.fixture.ts";
import { at, links, macvlan, reaches, run, useNetworks, wayOut } from "../networks.fixture.ts";

const engine = useNetworks();
const host = new RouteSocket();
afterAll(() => host[Symbol.dispose]());

/** Stands for an interface of the host's; every kernel has bridges. */
const parent = `slwp${process.pid}`;
const [four, six] = macvlan.subnets.map(({ subnet }) => subnet) as [string, string];
const gateway4 = four.replace(/0\/24$/, "1");
const on = (name: string, more: Partial<MacvlanNetwork> = {}): MacvlanNetwork => ({
  ...macvlan,
  networkId: `${name}${process.pid}`,
  name,
  internal: false,
  parent,
  subnets: [{ subnet: four, gateway: gateway4 }, { subnet: six }],
  ...more,
});

beforeEach(() => host.transact(createBridge(parent, { up: true })));
afterEach(() => host.transact(deleteLink(parent)));

describe("a macvlan network", () => {
  test("puts containers beside each other on an interface of the host, with a router that is outside", async () => {
    const network = on("lan", { mtu: 1300 });
    await engine.controller.ensure(network);
    const [one, two] = [
      await engine.controller.acquire([{ ...at(network), macAddress: "02:00:00:00:00:07" }]),
      await engine.controller.acquire([at(network)]),
    ];
    expect(one.endpoints[0]).toMatchObject({ macAddress: "02:00:00:00:00:07", interface: "eth0" });
    expect(await run(one, "ip", "link", "show", "eth0")).toMatch(/mtu 1300 .*link\/ether 02:00:00:00:00:07/s);
    expect(await reaches(two, one.endpoints[0]?.ipv4?.address)).toBe(true);
    expect(await reaches(two, one.endpoints[0]?.ipv6?.address)).toBe(true);
    expect([await wayOut(one, 4), await wayOut(one, 6)]).toEqual([`via ${gateway4} eth0`, ""]);
    await engine.controller.release(one);
    await engine.controller.release(two);
    await engine.controller.remove(network.networkId);
    expect(host.link(parent)).toBeDefined();
  });

  test("keeps containers apart in mode private", async () => {
    const network = on("apart", { mode: "private" });
    await engine.controller.ensure(network);
    const [one, two] = [
      await engine.controller.acquire([at(network)]),
      await engine.controller.acquire([at(network)]),
    ];
    expect(await reaches(one, two.endpoints[0]?.ipv4?.address)).toBe(false);
  });

  test("shares its parent with others, except in mode passthru", async () => {
    await engine.controller.ensure(on("one"));
    await engine.controller.ensure(on("two", { mode: "vepa" }));
    const alone = on("alone", { mode: "passthru" });
    expect(await kindOf(engine.controller.ensure(alone))).toStartWith(
      `conflict: the network one uses the interface ${parent} already`,
    );
    for (const name of ["one", "two"]) await engine.controller.remove(`${name}${process.pid}`);
    await engine.controller.ensure(alone);
    expect(await kindOf(engine.controller.ensure(on("one")))).toContain("passthru does not share it");
  });

  test("needs a parent that is there and up", async () => {
    const refused = (more: Partial<MacvlanNetwork>) => kindOf(engine.controller.ensure(on("lan", more)));
    expect(await refused({ parent: "nosuch" })).toStartWith("invalid: the parent nosuch of the network lan");
    expect(await refused({ parent: "nosuch.7" })).toStartWith("invalid: the parent nosuch.7");
    expect(await refused({ parent: `${parent}.5000` })).toStartWith("invalid: ");
    expect(await refused({ parent: "lo" })).toStartWith("invalid: the loopback interface");
    await engine.controller.ensure(on("lan"));
    host.transact(setLink(parent, { up: false }));
    expect(await kindOf(engine.controller.acquire([at(on("lan"))]))).toStartWith(
      `unavailable: the parent ${parent} of the network lan is down`,
    );
    expect(links()).toEqual([]);
  });

  test("on a VLAN makes the VLAN's interface and removes it with the last network on it, where the kernel can", async () => {
    const tagged = { parent: `${parent}.50` };
    const outcome = await kindOf(engine.controller.ensure(on("one", tagged)));
    if (outcome !== "fine") {
      expect(outcome).toStartWith("unavailable: this host's kernel has no VLANs");
      expect(links()).toEqual([]);
      return;
    }
    await engine.controller.ensure(on("two", tagged));
    expect(host.link(tagged.parent)).toMatchObject({ kind: "vlan", vlanId: 50, up: true });
    await engine.controller.remove(`one${process.pid}`);
    expect(host.link(tagged.parent)).toBeDefined();
    await engine.controller.remove(`two${process.pid}`);
    expect(host.link(tagged.parent)).toBeUndefined();
  });
});

describe("an ipvlan network", () => {
  test.each(["l2", "l3", "l3s"] as const)(
    "of mode %s works, or says that the kernel lacks it",
    async (mode) => {
      const { networkId, name, subnets } = on("ipvlan");
      const network: IpvlanNetwork = {
        driver: "ipvlan",
        networkId,
        name,
        subnets,
        parent,
        mode,
        flag: "bridge",
      };
      const outcome = await kindOf(engine.controller.ensure(network));
      if (outcome !== "fine") {
        expect(outcome).toStartWith("unavailable: this host's kernel has no ipvlan");
        expect(await kindOf(engine.controller.acquire([at(network)]))).toStartWith("notFound: ");
        return;
      }
      const [one, two] = [
        await engine.controller.acquire([at(network)]),
        await engine.controller.acquire([at(network)]),
      ];
      expect(one.endpoints[0]?.macAddress).toBe(host.link(parent)?.mac ?? "");
      expect(await reaches(one, two.endpoints[0]?.ipv4?.address)).toBe(true);
      expect(await wayOut(one, 4)).toBe(mode === "l2" ? `via ${gateway4} eth0` : "eth0");
    },
  );
});
