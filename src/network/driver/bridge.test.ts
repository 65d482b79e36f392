import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { addAddress, createBridge, deleteLink, RouteSocket, setLink } from "../../os/netlink/index.ts";
import { kindOf } from "../network.fixture.ts";
import {
  at,
  both,
  bridgeNetwork,
  engineKey,
  links,
  reaches,
  run,
  useNetworks,
  wayOut,
} from "../networks.fixture.ts";

const engine = useNetworks();
const host = new RouteSocket();
afterAll(() => host[Symbol.dispose]());

/** The addresses of a bridge, without those that the kernel gives itself. */
const addressesOf = (name: string): string[] => {
  const index = host.link(name)?.index;
  return [...host.addresses(4), ...host.addresses(6)]
    .filter((it) => it.index === index && !it.address.startsWith("fe80:"))
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`);
};
const [first4, first6] = [`${both.subnets[0]?.gateway}/24`, `${both.subnets[1]?.gateway}/64`];

afterEach(() => {
  if (host.link(both.bridge)?.alias === "administrator") host.transact(deleteLink(both.bridge));
});

describe("a bridge network", () => {
  test("has a bridge with its addresses, and takes them over as they are", async () => {
    await engine.controller.ensure({ ...both, mtu: 1380 });
    expect(host.link(both.bridge)).toMatchObject({ kind: "bridge", up: true, mtu: 1380 });
    expect(addressesOf(both.bridge)).toEqual([first4, first6]);
    const [sandbox] = [await engine.controller.acquire([at(both)])];
    expect(await run(sandbox, "ip", "link", "show", "eth0")).toContain("mtu 1380");
    await engine.controller.ensure({ ...both, mtu: 9000 });
    expect(host.link(both.bridge)?.mtu).toBe(1380);
    await engine.controller.release(sandbox);
    await engine.controller.remove(both.networkId);
    expect(host.link(both.bridge)).toBeUndefined();
  });

  test("that is isolated has none for the host, and no way out", async () => {
    const isolated = { ...both, gatewayMode4: "isolated", gatewayMode6: "isolated" } as const;
    await engine.controller.ensure(isolated);
    expect(addressesOf(both.bridge)).toEqual([]);
    expect(host.addresses(6).some(({ index }) => index === host.link(both.bridge)?.index)).toBe(false);
    const [one, two] = [
      await engine.controller.acquire([at(both)]),
      await engine.controller.acquire([at(both)]),
    ];
    expect(one.endpoints[0]?.ipv4).not.toHaveProperty("gateway");
    expect(await reaches(one, two.endpoints[0]?.ipv6?.address)).toBe(true);
    expect(await reaches(one, both.subnets[0]?.gateway)).toBe(false);
    expect(await wayOut(one, 4)).toBe("");
  });

  test("that is internal is reached by the host, and leads nowhere", async () => {
    await engine.controller.ensure({ ...both, internal: true });
    const sandbox = await engine.controller.acquire([at(both)]);
    expect(await reaches(sandbox, both.subnets[0]?.gateway)).toBe(true);
    expect([await wayOut(sandbox, 4), await wayOut(sandbox, 6)]).toEqual(["", ""]);
  });

  test("may route through somebody else", async () => {
    const [four, six] = both.subnets;
    const subnets = [four, { ...six, gateway: "fe80::1" }] as typeof both.subnets;
    await engine.controller.ensure({ ...both, subnets, inhibitIPv4: true });
    expect(addressesOf(both.bridge)).toEqual([]);
    const sandbox = await engine.controller.acquire([at(both)]);
    expect(await wayOut(sandbox, 4)).toBe(`via ${four?.gateway} eth0`);
    expect(await wayOut(sandbox, 6)).toBe("via fe80::1 eth0");
    expect(await run(sandbox, "busybox", "ping", "-c1", "-W2", "-I", "eth0", "fe80::1")).toContain(
      " 0% packet loss",
    );
  });

  test("keeps containers apart without the packet filter", async () => {
    await engine.controller.ensure({ ...both, interContainer: false });
    const [one, two] = [
      await engine.controller.acquire([at(both)]),
      await engine.controller.acquire([at(both)]),
    ];
    expect(await reaches(one, two.endpoints[0]?.ipv4?.address)).toBe(false);
    expect(await reaches(one, both.subnets[0]?.gateway)).toBe(true);
  });

  test("leaves nothing when it cannot be", async () => {
    const outside = bridgeNetwork(0, [4], { subnets: [{ subnet: "10.214.0.0/24", gateway: "10.215.0.1" }] });
    expect(await kindOf(engine.controller.ensure(outside))).toStartWith("invalid: the gateway 10.215.0.1");
    expect(await kindOf(engine.controller.ensure({ ...both, bridge: "a/b" }))).toStartWith("invalid: ");
    expect(await kindOf(engine.controller.ensure({ ...both, bridge: "sixteen-letters!" }))).toStartWith(
      "invalid: ",
    );
    expect(links()).toEqual([]);
  });
});

describe("a bridge of the administrator's", () => {
  const make = (...addresses: { address: string; prefixLength: number }[]) => {
    host.transact(createBridge(both.bridge, { up: true }), setLink(both.bridge, { alias: "administrator" }));
    const index = host.link(both.bridge)?.index ?? 0;
    host.transact(...addresses.map((address) => addAddress({ ...address, index })));
  };

  test("is used and left", async () => {
    make({ address: both.subnets[0]?.gateway ?? "", prefixLength: 24 });
    await engine.controller.ensure(both);
    expect(addressesOf(both.bridge)).toEqual([first4, first6]);
    const sandbox = await engine.controller.acquire([at(both)]);
    expect(await reaches(sandbox, both.subnets[1]?.gateway)).toBe(true);
    await engine.controller.release(sandbox);
    await engine.controller.remove(both.networkId);
    expect(host.link(both.bridge)?.alias).toBe("administrator");
  });

  test("with another address is another network's", async () => {
    make({ address: "10.214.255.1", prefixLength: 28 });
    const refused = await kindOf(engine.controller.ensure(both));
    expect(refused).toStartWith(
      `conflict: the bridge ${both.bridge} exists and has the address 10.214.255.1/28`,
    );
    expect(addressesOf(both.bridge)).toEqual(["10.214.255.1/28"]);
  });
});

const end = (command: string) => `trap "${command}" EXIT`;

/** Runs a program on a host of its own, prepared by a shell's commands. */
async function onHost(prepare: string, ...networks: unknown[]): Promise<string> {
  const program = `
    import { NetworkController } from "${import.meta.dir}/../index.ts";
    const it = new NetworkController({ engineKey: "${engineKey}", firewall: false, log: console.error });
    for (const network of ${JSON.stringify(networks)})
      await it.ensure(network).then(() => console.log("fine"), ({ kind, message }) => console.log(kind + ": " + message));
    await it.close();`;
  const script = `${prepare}; "$0" -e "$1"`;
  const child = Bun.spawn(["unshare", "-nm", "sh", "-c", script, process.execPath, program], {
    stdout: "pipe",
  });
  return (await new Response(child.stdout).text()).trim();
}

describe("a host", () => {
  const only4 = bridgeNetwork(1, [4]);
  const off = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6";
  const readOnly = "echo 0 > /proc/sys/net/ipv4/ip_forward; mount --bind -o ro /proc/sys /proc/sys";

  test("without IPv6 has networks without it", async () => {
    const [dual, plain] = (await onHost(off, both, only4)).split("\n");
    expect(dual).toStartWith("unavailable: the network net0 has IPv6 and this host does not");
    expect(plain).toBe("fine");
  });

  test("that must not forward has internal networks only", async () => {
    const [open, internal] = (
      await onHost(readOnly, only4, { ...only4, internal: true, masquerade: false })
    ).split("\n");
    expect(open).toStartWith("unavailable: the network net1 needs the host to forward packets");
    expect(open).toContain("net.ipv4.ip_forward");
    expect(internal).toBe("fine");
  });

  test("goes on listening to its routers when it begins to forward", async () => {
    const routed =
      "ip link add up0 type bridge && ip link set up0 up && ip -6 route add default via fe80::9 dev up0 proto ra";
    const shown = await onHost(`${routed}; ${end("cat /proc/sys/net/ipv6/conf/up0/accept_ra")}`, both);
    expect(shown.split("\n")).toEqual(["fine", "2"]);
  });
});
