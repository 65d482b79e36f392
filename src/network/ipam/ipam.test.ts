import { describe, expect, test } from "bun:test";
import { errnoOf } from "../../errors/index.ts";
import { AddressPool } from "./address-pool.ts";
import {
  contains,
  formatSubnet,
  overlap,
  parseAddress,
  parseInterfaceAddress,
  parseSubnet,
} from "./subnet.ts";
import { defaultSubnetBlocks, freeSubnet } from "./subnet-pool.ts";

const kind = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    return (error as { kind?: string }).kind ?? errnoOf(error);
  }
  return undefined;
};

describe("subnet", () => {
  test("ignores the bits beyond the prefix", () => {
    expect(formatSubnet(parseSubnet("172.17.42.1/16"))).toBe("172.17.0.0/16");
    expect(formatSubnet(parseSubnet("255.255.255.255/32"))).toBe("255.255.255.255/32");
    expect(parseInterfaceAddress("10.1.2.3/8").address).toBe(parseAddress("10.1.2.3"));
  });

  test("refuses what is no network", () => {
    for (const text of ["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/8/8", "a.b.c.d/8"]) {
      expect(kind(() => parseSubnet(text))).toBe("invalid");
    }
  });

  test("knows what it contains and overlaps", () => {
    const subnet = parseSubnet("192.168.16.0/20");
    expect(contains(subnet, parseAddress("192.168.31.255"))).toBe(true);
    expect(contains(subnet, parseAddress("192.168.32.0"))).toBe(false);
    expect(overlap(subnet, parseSubnet("192.168.0.0/16"))).toBe(true);
    expect(overlap(subnet, parseSubnet("192.168.0.0/20"))).toBe(false);
  });
});

describe("address pool", () => {
  const pool = () => new AddressPool(parseSubnet("10.0.0.0/29"), "10.0.0.1");

  test("hands out the next address after the last", () => {
    const it = pool();
    expect([it.allocate(), it.allocate()]).toEqual(["10.0.0.2", "10.0.0.3"]);
    it.free("10.0.0.2");
    expect([it.allocate(), it.allocate(), it.allocate()]).toEqual(["10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    expect(it.allocate()).toBe("10.0.0.2");
    expect(kind(() => it.allocate())).toBe("exhausted");
  });

  test("never hands out an address twice", () => {
    const it = pool();
    expect(it.allocate("10.0.0.2")).toBe("10.0.0.2");
    expect(it.allocate()).toBe("10.0.0.3");
    expect(kind(() => it.allocate("10.0.0.3"))).toBe("conflict");
    expect(kind(() => it.allocate("10.0.0.1"))).toBe("conflict");
  });

  test("refuses the network's own, the broadcast and foreign addresses", () => {
    for (const address of ["10.0.0.0", "10.0.0.7", "10.0.0.8", "nonsense"]) {
      expect(kind(() => pool().allocate(address))).toBe("invalid");
    }
  });

  test("leaks nothing", () => {
    const it = pool();
    for (let round = 0; round < 100; round++) it.free(it.allocate());
    expect(it.used).toBe(1);
  });

  test("keeps to its range", () => {
    const it = new AddressPool(parseSubnet("10.0.0.0/24"), "10.0.0.1", parseSubnet("10.0.0.128/31"));
    expect([it.allocate(), it.allocate()]).toEqual(["10.0.0.128", "10.0.0.129"]);
    expect(kind(() => it.allocate())).toBe("exhausted");
    expect(it.allocate("10.0.0.7")).toBe("10.0.0.7");
    expect(kind(() => new AddressPool(parseSubnet("10.0.0.0/24"), "10.0.1.1"))).toBe("invalid");
  });
});

describe("subnet pool", () => {
  test("begins where Docker begins", () => {
    expect(freeSubnet(defaultSubnetBlocks, ["0.0.0.0/0"])).toBe("172.17.0.0/16");
  });

  test("avoids what overlaps", () => {
    expect(freeSubnet(defaultSubnetBlocks, ["172.16.0.0/12"])).toBe("192.168.0.0/20");
    expect(freeSubnet(defaultSubnetBlocks, ["172.16.0.0/12", "192.168.3.0/24"])).toBe("192.168.16.0/20");
    expect(freeSubnet([{ base: "10.5.0.0/16", size: 24 }], ["10.5.0.0/23"])).toBe("10.5.2.0/24");
  });

  test("says when nothing is left", () => {
    expect(kind(() => freeSubnet([{ base: "10.5.0.0/24", size: 24 }], ["10.5.0.7/32"]))).toBe("exhausted");
    expect(kind(() => freeSubnet([{ base: "10.5.0.0/24", size: 16 }], []))).toBe("invalid");
  });
});
