import { describe, expect, test } from "bun:test";
import { RouteSocket } from "../os/netlink/index.ts";
import {
  acquireMany,
  configuration,
  eventually,
  inside,
  interfacesOf,
  kindOf,
  NET,
  started,
  useController,
} from "./network.fixture.ts";

const engine = useController();

describe("a sandbox", () => {
  test("is a host of the bridge's network", async () => {
    const sandbox = await engine.controller.acquire([{ networkId: NET }]);
    const [endpoint] = sandbox.endpoints;
    const { gateway } = configuration(0);
    expect(endpoint).toMatchObject({
      networkId: NET,
      interface: "eth0",
      ipv4: { gateway, prefixLength: 24 },
    });
    expect(endpoint?.macAddress).toMatch(/^02:42:0a:d5:/);
    expect(endpoint?.hostInterface).toMatch(/^veth[0-9a-f]{7}$/);
    const shown = await new Response(inside(sandbox, "ip", "addr").stdout).text();
    expect(shown).toContain(`inet ${endpoint?.ipv4?.address}/24`);
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
    await engine.controller.release(sandbox);
    await engine.controller.release(sandbox);
  });

  test("takes a fixed address, hardware address and kernel settings", async () => {
    const address = configuration(0).gateway.replace(/1$/, "77");
    const wanted = { networkId: NET, ipv4: address, macAddress: "02:00:00:00:00:07" };
    const sandbox = await engine.controller.acquire([wanted], { "net.ipv4.ip_unprivileged_port_start": "0" });
    expect(sandbox.endpoints[0]).toMatchObject({ ipv4: { address }, macAddress: wanted.macAddress });
    const setting = inside(sandbox, "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start");
    expect((await new Response(setting.stdout).text()).trim()).toBe("0");
    expect(await kindOf(engine.controller.acquire([wanted]))).toContain("already in use");
    expect(await kindOf(engine.controller.acquire([{ networkId: NET }], { "kernel.panic": "1" }))).toContain(
      "kernel.panic",
    );
    await engine.controller.release(sandbox);
    await engine.controller.acquire([wanted]);
  });

  test("goes even if a stray process stays in it", async () => {
    const sandbox = await engine.controller.acquire([{ networkId: NET }]);
    await started(inside(sandbox, "sh", "-c", "echo; exec sleep 60"));
    await engine.controller.release(sandbox);
    const name = sandbox.endpoints[0]?.hostInterface ?? "";
    await eventually("the interface is deleted", () => !interfacesOf(0).includes(name));
  });

  test("leaks nothing, however many there were", async () => {
    for (let round = 0; round < 3; round++) {
      const all = await acquireMany(engine.controller, 20);
      expect(new Set(all.map(({ endpoints }) => endpoints[0]?.ipv4?.address)).size).toBe(20);
      await Promise.all(all.map((sandbox) => engine.controller.release(sandbox)));
    }
    await eventually("only warm ones remain", () => interfacesOf(0).length <= 1 + 3);
  });
});
