import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import type { BridgeNetwork, PublishedPort } from "../model.ts";
import type { BackendName } from "./choose.ts";
import { ask, cannotConnect, connect, ip, Lab, network, run } from "./lab.fixture.ts";
import { PacketFilter } from "./packet-filter.ts";

// Dozens of programs run one after the other, on machines that may be busy.
setDefaultTimeout(60_000);

const log = (level: string, message: string) => {
  if (level === "error") console.error(message);
};

const port = (hostPort: number, more: Partial<PublishedPort> = {}): PublishedPort => ({
  protocol: "tcp",
  hostIp: "0.0.0.0",
  hostPort,
  address: "10.1.0.2",
  containerPort: 80,
  ...more,
});
const port6 = (hostPort: number, more: Partial<PublishedPort> = {}) =>
  port(hostPort, { hostIp: "::", address: "fd00:a::2", ...more });

const kinds: { name: string; backend: BackendName; legacy?: boolean }[] = [
  { name: "iptables over nf_tables", backend: "iptables" },
  { name: "iptables of the legacy tables", backend: "iptables", legacy: true },
  { name: "nftables", backend: "nftables" },
];

describe.each(kinds)("$name", ({ backend, legacy = false }) => {
  let lab: Lab;
  let filter: PacketFilter;
  const open = () => new PacketFilter(`lab${process.pid}`, log, { backend }, lab.host);

  /** Puts these networks and ports in place of all that was wanted. */
  async function want(networks: BridgeNetwork[], ...ports: PublishedPort[]): Promise<void> {
    filter.networks.clear();
    filter.ports.clear();
    for (const it of networks) filter.networks.set(it.networkId, it);
    for (const it of ports) filter.ports.add(it);
    await filter.apply();
  }
  const everyRule = async () =>
    (await run(lab.host, ["nft", "list", "ruleset"])) +
    (legacy
      ? (await run(lab.host, ["iptables-legacy-save"])) + (await run(lab.host, ["ip6tables-legacy-save"]))
      : "");

  beforeAll(async () => {
    lab = new Lab();
    await lab.build();
    // Rules of others, and where they are tells which variant is this host's.
    if (legacy) await run(lab.host, ["iptables-legacy", "-A", "INPUT", "-s", "203.0.113.1", "-j", "DROP"]);
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    filter = open();
  });
  afterEach(async () => {
    await filter.remove();
    await filter.close();
    expect(await everyRule()).not.toMatch(/slipway|SLW-|DOCKER-USER/i);
  });

  test("networks are apart, reach the outside under the host's address, and are not reached from there", async () => {
    await want([network("a"), network("b")]);
    expect(await connect(lab.a1, "10.1.0.3", 80)).toBe("a2 10.1.0.2");
    expect(await connect(lab.a1, "fd00:a::3", 80)).toBe("a2 fd00:a::2");
    expect(await connect(lab.a1, "192.0.2.9", 80)).toBe("outside 192.0.2.1");
    expect(await connect(lab.a1, "fd02::9", 80)).toBe("outside fd02::1");
    expect(await connect(lab.host, "10.1.0.2", 80)).toBe("a1 10.1.0.1");
    const closed = await Promise.all([
      cannotConnect(lab.a1, "10.2.0.2", 80),
      cannotConnect(lab.a1, "fd00:b::2", 80),
      cannotConnect(lab.b1, "10.1.0.2", 80),
      cannotConnect(lab.outside, "10.1.0.2", 80),
      cannotConnect(lab.outside, "fd00:a::2", 80),
    ]);
    expect(closed).toEqual([true, true, true, true, true]);
  });

  test("published ports are reached from everywhere at the host's addresses, and only there", async () => {
    await want(
      [network("a"), network("b")],
      port(8080),
      port6(8080),
      port(5353, { protocol: "udp", containerPort: 53 }),
    );
    expect(await connect(lab.outside, "192.0.2.1", 8080)).toBe("a1 192.0.2.9");
    expect(await connect(lab.outside, "fd02::1", 8080)).toBe("a1 fd02::9");
    expect(await connect(lab.host, "127.0.0.1", 8080)).toBe("a1 10.1.0.1");
    expect(await connect(lab.host, "192.0.2.1", 8080)).toStartWith("a1 ");
    expect(await connect(lab.host, "fd02::1", 8080)).toStartWith("a1 ");
    expect(await connect(lab.b1, "192.0.2.1", 8080)).toStartWith("a1 ");
    expect(await connect(lab.b1, "10.2.0.1", 8080)).toStartWith("a1 ");
    // From the same network, and from the very container.
    expect(await connect(lab.a2, "192.0.2.1", 8080)).toBe("a1 10.1.0.1");
    expect(await connect(lab.a1, "192.0.2.1", 8080)).toBe("a1 10.1.0.1");
    expect(await connect(lab.a2, "fd02::1", 8080)).toBe("a1 fd00:a::1");
    expect(await ask(lab.outside, "192.0.2.1", 5353)).toBe("a1");
    expect(await ask(lab.host, "127.0.0.1", 5353)).toBe("a1");
    expect(await cannotConnect(lab.outside, "10.1.0.2", 80)).toBe(true);
    await want([network("a"), network("b")]);
    expect(await cannotConnect(lab.outside, "192.0.2.1", 8080)).toBe(true);
  });

  test("a port of one address of the host is of no other", async () => {
    await want([network("a")], port(8080, { hostIp: "192.0.2.2" }), port(8081, { hostIp: "127.0.0.1" }));
    expect(await connect(lab.outside, "192.0.2.2", 8080)).toBe("a1 192.0.2.9");
    expect(await connect(lab.host, "127.0.0.1", 8081)).toBe("a1 10.1.0.1");
    await ip(lab.outside, "route add 127.0.0.2/32 via 192.0.2.1");
    const closed = await Promise.all([
      cannotConnect(lab.outside, "192.0.2.1", 8080),
      cannotConnect(lab.outside, "192.0.2.1", 8081),
      cannotConnect(lab.a2, "10.1.0.1", 8081),
    ]);
    expect(closed).toEqual([true, true, true]);
  });

  test("containers of one network are apart where the network says so", async () => {
    await want([network("a", { interContainer: false })], port(8080));
    expect(await cannotConnect(lab.a2, "10.1.0.2", 80)).toBe(true);
    expect(await cannotConnect(lab.a2, "fd00:a::2", 80)).toBe(true);
    expect(await connect(lab.a2, "192.0.2.1", 8080)).toBe("a1 10.1.0.1");
    expect(await connect(lab.a2, "192.0.2.9", 80)).toBe("outside 192.0.2.1");
  });

  test("an internal network has itself and the host's address on it, and nothing else", async () => {
    await want(
      [network("a", { internal: true }), network("b")],
      port(8080),
      port(8081, { address: "10.2.0.2" }),
    );
    expect(await connect(lab.a1, "10.1.0.3", 80)).toBe("a2 10.1.0.2");
    expect(await connect(lab.a1, "10.1.0.1", 9000)).toBe("host 10.1.0.2");
    const closed = await Promise.all([
      cannotConnect(lab.a1, "192.0.2.9", 80),
      cannotConnect(lab.a1, "fd02::9", 80),
      cannotConnect(lab.a1, "192.0.2.1", 9000),
      cannotConnect(lab.a1, "fd02::1", 9000),
      cannotConnect(lab.a1, "10.1.0.1", 8081),
      cannotConnect(lab.b1, "10.1.0.2", 80),
      cannotConnect(lab.outside, "192.0.2.1", 8080),
    ]);
    expect(closed).not.toContain(false);
    await want([network("a", { internal: true, gatewayMode4: "isolated" })]);
    expect(await cannotConnect(lab.a1, "10.1.0.1", 9000)).toBe(true);
    expect(await connect(lab.a1, "10.1.0.3", 80)).toBe("a2 10.1.0.2");
  });

  test("nat-unprotected opens all ports, routed the published ones, for one version of IP each", async () => {
    await want([network("a", { gatewayMode4: "nat-unprotected" })]);
    expect(await connect(lab.outside, "10.1.0.2", 81)).toBe("a1 192.0.2.9");
    expect(await cannotConnect(lab.outside, "fd00:a::2", 80)).toBe(true);
    await want([network("a", { gatewayMode4: "routed" })], port(0), port6(8080));
    await ip(lab.outside, "route replace 10.1.0.0/24 via 192.0.2.1");
    expect(await connect(lab.outside, "10.1.0.2", 80)).toBe("a1 192.0.2.9");
    expect(await connect(lab.outside, "fd02::1", 8080)).toBe("a1 fd02::9");
    // Nothing is translated on the way out.
    expect(await connect(lab.a1, "192.0.2.9", 80)).toBe("outside 10.1.0.2");
    await run(lab.outside, ["busybox", "ping", "-c", "1", "-W", "5", "10.1.0.2"]);
    expect(await cannotConnect(lab.outside, "10.1.0.2", 81)).toBe(true);
    expect(await cannotConnect(lab.outside, "fd00:a::2", 80)).toBe(true);
  });

  test("packets leave under the address that was asked for, or under the container's own", async () => {
    await want([network("a", { hostIPv4: "192.0.2.2" }), network("b", { masquerade: false })]);
    expect(await connect(lab.a1, "192.0.2.9", 80)).toBe("outside 192.0.2.2");
    expect(await connect(lab.b1, "192.0.2.9", 80)).toBe("outside 10.2.0.2");
  });

  test("published ports are reached directly by trusted interfaces", async () => {
    await want([network("a", { trustedInterfaces: ["out0"] })], port(8080), port6(8080));
    expect(await connect(lab.outside, "10.1.0.2", 80)).toBe("a1 192.0.2.9");
    expect(await connect(lab.outside, "fd00:a::2", 80)).toBe("a1 fd02::9");
    expect(await cannotConnect(lab.outside, "10.1.0.2", 81)).toBe(true);
  });

  test("networks and ports come and go without touching the others", async () => {
    await want([network("a")], port(8080));
    const other = port(8081, { address: "10.2.0.2" });
    await want([network("a"), network("b")], port(8080), other);
    expect(await connect(lab.outside, "192.0.2.1", 8081)).toBe("b1 192.0.2.9");
    await want([network("b", { interContainer: false })], other);
    expect(await connect(lab.outside, "192.0.2.1", 8081)).toBe("b1 192.0.2.9");
    expect(await cannotConnect(lab.outside, "192.0.2.1", 8080)).toBe(true);
    await want([]);
    expect(await cannotConnect(lab.outside, "192.0.2.1", 8081)).toBe(true);
  });

  test("what an engine left is replaced by the next", async () => {
    await want([network("a"), network("b")], port(8080), port(8081));
    await filter.close();
    filter = open();
    await want([network("a")], port(8081));
    expect(await connect(lab.outside, "192.0.2.1", 8081)).toBe("a1 192.0.2.9");
    expect(await cannotConnect(lab.outside, "192.0.2.1", 8080)).toBe(true);
    expect(await everyRule()).not.toContain("brb");
  });

  test("rules of an engine that is gone with its bridges go, those of one that has a bridge stay", async () => {
    const living = new PacketFilter("living", log, { backend }, lab.host);
    const gone = new PacketFilter("gone", log, { backend }, lab.host);
    living.networks.set("b", network("b"));
    gone.networks.set("a", network("a", { bridge: "brgone" }));
    try {
      for (const it of [living, gone]) {
        await it.apply();
        await it.close();
      }
      expect(await cannotConnect(lab.a1, "10.1.0.3", 80)).toBe(true);
      await want([network("a")]);
      await filter.verify();
      expect(await connect(lab.a1, "10.1.0.3", 80)).toBe("a2 10.1.0.2");
      expect(await everyRule()).not.toContain("gone");
      expect(await everyRule()).toContain("living");
    } finally {
      for (const it of [living, gone]) await it.remove();
    }
  });

  test("rules count what they see", async () => {
    await want([network("a"), network("b")], port(8080));
    await connect(lab.outside, "192.0.2.1", 8080);
    const rules = await filter.counters("a".repeat(64));
    expect(rules.filter(({ packets }) => packets > 0).length).toBeGreaterThan(0);
    expect(rules.find(({ rule }) => rule.includes("8080"))).toMatchObject({ packets: 1, bytes: 60 });
    expect(JSON.stringify(rules)).not.toContain("brb");
    expect(await filter.counters("unknown")).toEqual([]);
  });
});
