import { describe, expect, test } from "bun:test";
import { addAddress, addRoute, createBridge, RouteSocket, setLink } from "../../os/netlink/index.ts";
import { createNamespace } from "../../os/netns.ts";
import { checkFree, holderOf, type Occupied, occupiedByHost } from "./occupied.ts";
import { defaultSubnetBlocks, freeSubnet } from "./subnet-pool.ts";

const taken = (...subnets: string[]): Occupied[] =>
  subnets.map((subnet) => ({ subnet, by: `the network ${subnet}` }));

const failure = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error as { kind: string; message: string };
  }
  return undefined;
};

describe("a subnet is cut from pools", () => {
  test("beginning where Docker begins", () => {
    expect(freeSubnet(defaultSubnetBlocks, [])).toBe("172.17.0.0/16");
    expect(freeSubnet(defaultSubnetBlocks, taken("172.17.0.0/16"))).toBe("172.18.0.0/20");
  });

  test("for hundreds of networks", () => {
    const chosen: Occupied[] = [];
    for (let count = 0; count < 241; count++) {
      chosen.push({ subnet: freeSubnet(defaultSubnetBlocks, chosen), by: `the network n${count}` });
    }
    expect(new Set(chosen.map(({ subnet }) => subnet)).size).toBe(241);
    expect(failure(() => freeSubnet(defaultSubnetBlocks, chosen))?.kind).toBe("exhausted");
  });

  test("past everything that overlaps", () => {
    const from = (...subnets: string[]) => freeSubnet(defaultSubnetBlocks, taken(...subnets));
    expect(from("172.16.0.0/12")).toBe("192.168.0.0/20");
    expect(from("192.168.3.0/24", "172.16.0.0/12")).toBe("192.168.16.0/20");
    expect(from("172.17.0.0/16", "172.18.0.0/15")).toBe("172.20.0.0/20");
    expect(freeSubnet([{ base: "10.5.0.0/16", size: 24 }], taken("10.5.0.0/23"))).toBe("10.5.2.0/24");
    expect(freeSubnet([{ base: "10.5.0.0/16", size: 24 }], taken("10.5.0.7/32", "10.5.1.0/24"))).toBe(
      "10.5.2.0/24",
    );
  });

  test("and not kept from it by routes that lead everywhere", () => {
    expect(freeSubnet(defaultSubnetBlocks, taken("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0"))).toBe(
      "172.17.0.0/16",
    );
  });

  test("of IPv6 as well", () => {
    const blocks = [{ base: "fd12:3456:789a::/48", size: 64 }];
    expect(freeSubnet(blocks, taken("fd12:3456:789a::/64", "10.0.0.0/8"))).toBe("fd12:3456:789a:1::/64");
    expect(freeSubnet(blocks, taken("fd12:3456:789a::/49"))).toBe("fd12:3456:789a:8000::/64");
  });

  test("until nothing is left, and then it is said what is in the way", () => {
    const blocks = [{ base: "10.5.0.0/24", size: 24 }];
    const culprit = { subnet: "10.0.0.0/8", by: "the route 10.0.0.0/8 via 10.8.0.1 dev tun0" };
    const error = failure(() => freeSubnet(blocks, [culprit]));
    expect(error?.kind).toBe("exhausted");
    expect(error?.message).toContain(
      "fully subnetted (in the way: the route 10.0.0.0/8 via 10.8.0.1 dev tun0)",
    );
    expect(failure(() => freeSubnet([{ base: "10.5.0.0/24", size: 16 }], []))?.kind).toBe("invalid");
    expect(failure(() => freeSubnet([{ base: "10.5.0.0/24", size: 31 }], []))?.kind).toBe("invalid");
  });
});

describe("a host", () => {
  const { result: occupied } = createNamespace(() => {
    using socket = new RouteSocket();
    socket.transact(createBridge("tun9", { up: true }), setLink("lo", { up: true }));
    const index = socket.link("tun9")?.index ?? 0;
    socket.transact(
      addAddress({ index, address: "10.8.0.2", prefixLength: 24 }),
      addAddress({ index, address: "192.0.2.77", prefixLength: 32 }),
      addAddress({ index, address: "fd00:7::2", prefixLength: 64 }, { withoutDetection: true }),
      addRoute({ gateway: "10.8.0.1" }),
      addRoute({ destination: "172.16.0.0", prefixLength: 12, gateway: "10.8.0.1" }),
    );
    return occupiedByHost(socket);
  });

  test("is in the way with its routes and addresses", () => {
    expect(freeSubnet(defaultSubnetBlocks, occupied)).toBe("192.168.0.0/20");
    expect(holderOf("172.20.0.0/16", occupied)?.by).toBe("the route 172.16.0.0/12 via 10.8.0.1 dev tun9");
    expect(holderOf("10.8.0.128/25", occupied)?.by).toBe("the route 10.8.0.0/24 dev tun9");
    expect(holderOf("192.0.2.0/24", occupied)?.by).toBe("the address 192.0.2.77/32 dev tun9");
    expect(holderOf("fd00:7::/48", occupied)?.by).toContain("dev tun9");
    expect(holderOf("10.9.0.0/24", occupied)).toBeUndefined();
  });

  test("is named when a subnet that was asked for overlaps it", () => {
    const error = failure(() => checkFree("172.20.5.0/16", occupied));
    expect(error?.kind).toBe("conflict");
    expect(error?.message).toBe(
      "invalid pool request: Pool overlaps with other one on this address space: 172.20.0.0/16 overlaps " +
        "the route 172.16.0.0/12 via 10.8.0.1 dev tun9; choose another subnet",
    );
    expect(failure(() => checkFree("10.9.0.0/24", occupied))).toBeUndefined();
  });
});
