import { describe, expect, test } from "bun:test";
import type { Sandbox } from "./index.ts";
import { kindOf } from "./network.fixture.ts";
import { at, both, macvlan, only4, only6, reaches, run, useNetworks, wayOut } from "./networks.fixture.ts";

const engine = useNetworks();

const ensure = async (...networks: Parameters<typeof engine.controller.ensure>[0][]) => {
  for (const network of networks) await engine.controller.ensure(network);
};

const address = (sandbox: Sandbox, network: { networkId: string }, family: 4 | 6) => {
  const endpoint = sandbox.endpoints.find(({ networkId }) => networkId === network.networkId);
  return (family === 4 ? endpoint?.ipv4 : endpoint?.ipv6)?.address;
};

describe("a sandbox on several networks", () => {
  test("reaches its neighbours on each, by both versions of IP", async () => {
    await ensure(both, only4, only6);
    const all = await engine.controller.acquire([at(only4), at(both), at(only6)]);
    const one = await engine.controller.acquire([at(both)]);
    const [four, six] = [
      await engine.controller.acquire([at(only4)]),
      await engine.controller.acquire([at(only6)]),
    ];
    expect(all.endpoints.map((endpoint) => endpoint.interface)).toEqual(["eth0", "eth1", "eth2"]);
    expect(await reaches(all, address(one, both, 4))).toBe(true);
    expect(await reaches(all, address(one, both, 6))).toBe(true);
    expect(await reaches(four, address(all, only4, 4))).toBe(true);
    expect(await reaches(six, address(all, only6, 6))).toBe(true);
    expect(await run(four, "ip", "addr")).not.toContain("fe80");
    expect(await run(all, "cat", "/proc/sys/net/ipv6/conf/eth1/accept_ra")).toBe("0");
  });

  test("leaves by the network of the highest priority, then by one of both families, then by name", async () => {
    await ensure(both, only4, only6);
    const [gateway0, gateway1] = [both.subnets[0]?.gateway, only4.subnets[0]?.gateway];
    const plain = await engine.controller.acquire([at(only6), at(only4), at(both)]);
    expect([await wayOut(plain, 4), await wayOut(plain, 6)]).toEqual([
      `via ${gateway0} eth2`,
      `via ${both.subnets[1]?.gateway} eth2`,
    ]);
    const asked = await engine.controller.acquire([at(both), { ...at(only4), gatewayPriority: 1 }]);
    expect([await wayOut(asked, 4), await wayOut(asked, 6)]).toEqual([
      `via ${gateway1} eth1`,
      `via ${both.subnets[1]?.gateway} eth0`,
    ]);
  });

  test("gets its interfaces as they were asked for", async () => {
    await ensure(both, only4);
    const sandbox = await engine.controller.acquire(
      [
        at(both),
        {
          ...at(only4),
          interface: "web",
          macAddress: "02:00:00:00:00:09",
          linkLocal: ["169.254.34.68"],
          sysctls: { "net.ipv4.conf.IFNAME.log_martians": "1" },
        },
      ],
      { "net.ipv4.ip_unprivileged_port_start": "0" },
    );
    const shown = await run(sandbox, "ip", "addr", "show", "web");
    expect(shown).toContain("link/ether 02:00:00:00:00:09");
    expect(shown).toContain("inet 169.254.34.68/16");
    expect(await run(sandbox, "cat", "/proc/sys/net/ipv4/conf/web/log_martians")).toBe("1");
    expect(await run(sandbox, "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start")).toBe("0");
    const taken = { ...at(only4), interface: "eth0" };
    expect(await kindOf(engine.controller.acquire([at(both), taken]))).toContain("interface eth0 already");
    const unknown = { ...at(only4), sysctls: { "net.ipv4.conf.IFNAME.nonsense": "1" } };
    expect(await kindOf(engine.controller.acquire([at(both), unknown]))).toStartWith("invalid: cannot set");
  });

  test("has no IPv6 where a setting turns it off", async () => {
    await ensure(both);
    const off = { ...at(both), sysctls: { "net.ipv6.conf.IFNAME.disable_ipv6": "1" } };
    const sandbox = await engine.controller.acquire([off]);
    expect(sandbox.endpoints[0]?.ipv6).toBeUndefined();
    expect(await wayOut(sandbox, 4)).toBe(`via ${both.subnets[0]?.gateway} eth0`);
    const whole = await engine.controller.acquire([at(both)], { "net.ipv6.conf.default.disable_ipv6": "1" });
    expect(whole.endpoints[0]?.ipv6).toBeUndefined();
  });
});

describe("a running sandbox", () => {
  test("comes to a network and leaves it; its routes follow", async () => {
    await ensure(both, only4);
    const sandbox = await engine.controller.acquire([at(only4)]);
    const peer = await engine.controller.acquire([at(both)]);
    const endpoint = await engine.controller.connect(sandbox.id, at(both));
    expect(endpoint).toMatchObject({ networkId: both.networkId, interface: "eth1" });
    expect(sandbox.endpoints).toContainEqual(endpoint);
    expect(await wayOut(sandbox, 4)).toBe(`via ${both.subnets[0]?.gateway} eth1`);
    expect(await reaches(sandbox, address(peer, both, 6))).toBe(true);
    expect(await kindOf(engine.controller.connect(sandbox.id, at(both)))).toStartWith("conflict: ");

    await engine.controller.disconnect(sandbox.id, only4.networkId);
    expect(await run(sandbox, "ip", "-br", "link")).not.toContain("eth0");
    await engine.controller.disconnect(sandbox.id, both.networkId);
    await engine.controller.disconnect(sandbox.id, both.networkId);
    expect(await wayOut(sandbox, 4)).toBe("");
    await engine.controller.connect(sandbox.id, at(only4));
    expect(await wayOut(sandbox, 4)).toBe(`via ${only4.subnets[0]?.gateway} eth0`);
    await engine.controller.release(sandbox);
  });

  test("keeps a default route that somebody inside has set", async () => {
    await ensure(both, only4);
    const sandbox = await engine.controller.acquire([at(only4)]);
    await run(sandbox, "ip", "route", "replace", "default", "via", `${only4.subnets[0]?.gateway}7`);
    await engine.controller.connect(sandbox.id, at(both));
    expect(await wayOut(sandbox, 4)).toEndWith(".17 eth0");
    expect(await wayOut(sandbox, 6)).toBe(`via ${both.subnets[1]?.gateway} eth1`);
  });

  test("is told apart from who had its address before", async () => {
    await ensure(both);
    const [peer, first] = [
      await engine.controller.acquire([at(both)]),
      await engine.controller.acquire([{ ...at(both), macAddress: "02:00:00:00:00:01" }]),
    ];
    const [ipv4, ipv6] = [address(first, both, 4) ?? "", address(first, both, 6) ?? ""];
    expect([await reaches(peer, ipv4), await reaches(peer, ipv6)]).toEqual([true, true]);
    await engine.controller.release(first);
    const second = { ...at(both), macAddress: "02:00:00:00:00:02", ipv4, ipv6 };
    await engine.controller.acquire([second]);
    expect([await reaches(peer, ipv4), await reaches(peer, ipv6)]).toEqual([true, true]);
    expect(await run(peer, "ip", "neighbour")).not.toContain("02:00:00:00:00:01");
  });

  test("keeps a network from being removed", async () => {
    await ensure(only4);
    const sandbox = await engine.controller.acquire([at(only4)]);
    expect(await kindOf(engine.controller.remove(only4.networkId))).toStartWith(
      "conflict: the network net1 is in use",
    );
    await engine.controller.release(sandbox);
    await engine.controller.remove(only4.networkId);
    expect(await kindOf(engine.controller.acquire([at(only4)]))).toStartWith("notFound: ");
  });

  test("is left as it was by what fails", async () => {
    await ensure(both, only4);
    const sandbox = await engine.controller.acquire([at(both)]);
    const before = await run(sandbox, "ip", "addr");
    const ipv4 = address(sandbox, both, 4) ?? "";
    for (const wanted of [
      { ...at(only4), ipv4 },
      { ...at(only4), ipv6: "fd00::1" },
      { ...at(only4), macAddress: "01:00:00:00:00:01" },
      { ...at(only4), linkLocal: ["169.254.1.1", "169.254.1.1"] },
      { networkId: "unknown" },
    ])
      expect(await kindOf(engine.controller.connect(sandbox.id, wanted))).not.toBe("fine");
    expect(await run(sandbox, "ip", "addr")).toBe(before);
    expect(sandbox.endpoints).toHaveLength(1);
    const next = await engine.controller.connect(sandbox.id, at(only4));
    expect(next.interface).toBe("eth1");
  });
});

describe("macvlan without a parent", () => {
  test("connects its containers to each other and to nothing else", async () => {
    await ensure(macvlan, both);
    const [one, two] = [
      await engine.controller.acquire([at(macvlan)]),
      await engine.controller.acquire([at(both), at(macvlan)]),
    ];
    expect(one.endpoints[0]).not.toHaveProperty("hostInterface");
    expect(await reaches(one, address(two, macvlan, 4))).toBe(true);
    expect(await reaches(one, address(two, macvlan, 6))).toBe(true);
    expect(await wayOut(one, 4)).toBe("");
    await engine.controller.disconnect(two.id, macvlan.networkId);
    expect(await reaches(one, address(two, macvlan, 4))).toBe(false);
    await engine.controller.connect(two.id, at(macvlan));
    expect(await reaches(one, address(two, macvlan, 4))).toBe(true);
  });
});
