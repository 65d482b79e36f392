import { describe, expect, test } from "bun:test";
import { AddressPool } from "./address-pool.ts";
import {
  contains,
  formatAddress,
  formatSubnet,
  overlap,
  parseAddress,
  parseInterfaceAddress,
  parseSubnet,
  sizeOf,
} from "./subnet.ts";

const kind = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    return (error as { kind?: string }).kind;
  }
  return undefined;
};

describe("subnet", () => {
  test("ignores the bits beyond the prefix", () => {
    expect(formatSubnet(parseSubnet("172.17.42.1/16"))).toBe("172.17.0.0/16");
    expect(formatSubnet(parseSubnet("255.255.255.255/32"))).toBe("255.255.255.255/32");
    expect(formatSubnet(parseSubnet("FD00:0:0:7:8::1/64"))).toBe("fd00:0:0:7::/64");
    expect(formatSubnet(parseSubnet("::1/0"))).toBe("::/0");
    expect(parseInterfaceAddress("10.1.2.3/8").address).toEqual(parseAddress("10.1.2.3"));
  });

  test("knows IPv4 addresses in the clothes of IPv6", () => {
    expect(formatAddress(parseAddress("::ffff:10.0.0.1"))).toBe("10.0.0.1");
    expect(formatAddress(parseAddress("::fffe:10.0.0.1"))).toBe("::fffe:a00:1");
  });

  test("refuses what is no network", () => {
    const texts = [
      "",
      "10.0.0.0",
      "10.0.0.0/33",
      "10.0.0/8",
      "10.0.0.0/8/8",
      "a.b.c.d/8",
      "::/129",
      "fd00::",
    ];
    for (const text of texts) expect(kind(() => parseSubnet(text))).toBe("invalid");
  });

  test("knows what it contains and overlaps", () => {
    const subnet = parseSubnet("192.168.16.0/20");
    expect(contains(subnet, parseAddress("192.168.31.255"))).toBe(true);
    expect(contains(subnet, parseAddress("192.168.32.0"))).toBe(false);
    expect(overlap(subnet, parseSubnet("192.168.0.0/16"))).toBe(true);
    expect(overlap(subnet, parseSubnet("192.168.0.0/20"))).toBe(false);
    expect(overlap(parseSubnet("fd00::/8"), parseSubnet("fd12::/48"))).toBe(true);
    expect(overlap(parseSubnet("::/0"), parseSubnet("0.0.0.0/0"))).toBe(false);
    expect(sizeOf(parseSubnet("fd00::/64"))).toBe(1n << 64n);
  });
});

describe("address pool", () => {
  const pool = () => new AddressPool({ subnet: "10.0.0.0/29", gateway: "10.0.0.1" });

  test("hands out the next address after the last", () => {
    const it = pool();
    expect([it.allocate(), it.allocate()]).toEqual(["10.0.0.2", "10.0.0.3"]);
    it.free("10.0.0.2");
    expect([it.allocate(), it.allocate(), it.allocate()]).toEqual(["10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    expect(it.allocate()).toBe("10.0.0.2");
    expect(kind(() => it.allocate())).toBe("exhausted");
  });

  test("does so in the vastness of IPv6, too", () => {
    const it = new AddressPool({ subnet: "fd00::/64", gateway: "fd00::1" });
    expect([it.allocate(), it.allocate()]).toEqual(["fd00::2", "fd00::3"]);
    expect(it.allocate("FD00::4")).toBe("fd00::4");
    expect(it.allocate("fd00::ffff:ffff:ffff:ffff")).toBe("fd00::ffff:ffff:ffff:ffff");
    expect(it.allocate()).toBe("fd00::5");
    it.free("fd00:0::2");
    expect(it.allocate("fd00::2")).toBe("fd00::2");
    // The address of all its routers.
    expect(kind(() => it.allocate("fd00::"))).toBe("invalid");
  });

  test("never hands out an address twice", () => {
    const it = pool();
    expect(it.allocate("10.0.0.2")).toBe("10.0.0.2");
    expect(it.allocate()).toBe("10.0.0.3");
    expect(kind(() => it.allocate("10.0.0.3"))).toBe("conflict");
    expect(kind(() => it.allocate("10.0.0.1"))).toBe("conflict");
    // The gateway is nobody's to give back.
    it.free("10.0.0.1");
    expect(() => it.allocate("10.0.0.1")).toThrow("already in use: it is the gateway's");
  });

  test("leaves alone what others have", () => {
    const auxiliary = { router: "10.0.0.2", printer: "10.0.0.4" };
    const it = new AddressPool({ subnet: "10.0.0.0/29", gateway: "10.0.0.1", auxiliary });
    expect([it.allocate(), it.allocate(), it.allocate()]).toEqual(["10.0.0.3", "10.0.0.5", "10.0.0.6"]);
    expect(kind(() => it.allocate())).toBe("exhausted");
    expect(() => it.allocate("10.0.0.4")).toThrow(`already in use: it is "printer"'s`);
  });

  test("refuses the network's own, the broadcast and foreign addresses", () => {
    for (const address of ["10.0.0.0", "10.0.0.7", "10.0.0.8", "nonsense", "fd00::1"]) {
      expect(kind(() => pool().allocate(address))).toBe("invalid");
    }
  });

  test("gives both addresses of a network that has but two", () => {
    for (const subnet of ["10.0.0.0/31", "fd00::/127"]) {
      const it = new AddressPool({ subnet });
      expect([it.allocate(), it.allocate()]).toHaveLength(2);
      expect(kind(() => it.allocate())).toBe("exhausted");
    }
  });

  test("leaks nothing", () => {
    const it = pool();
    for (let round = 0; round < 100; round++) it.free(it.allocate());
    expect(it.used).toBe(0);
  });

  test("keeps to its range", () => {
    const it = new AddressPool({ subnet: "10.0.0.0/24", gateway: "10.0.0.1", range: "10.0.0.128/31" });
    expect([it.allocate(), it.allocate()]).toEqual(["10.0.0.128", "10.0.0.129"]);
    expect(kind(() => it.allocate())).toBe("exhausted");
    expect(it.allocate("10.0.0.7")).toBe("10.0.0.7");
    it.free("10.0.0.129");
    expect(it.allocate()).toBe("10.0.0.129");
  });

  test("refuses settings that do not fit together", () => {
    const subnet = "10.0.0.0/24";
    expect(kind(() => new AddressPool({ subnet, gateway: "10.0.1.1" }))).toBe("invalid");
    expect(kind(() => new AddressPool({ subnet, range: "10.0.0.0/23" }))).toBe("invalid");
    expect(kind(() => new AddressPool({ subnet, auxiliary: { far: "10.0.1.1" } }))).toBe("invalid");
  });
});
