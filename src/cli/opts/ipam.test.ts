import { describe, expect, test } from "bun:test";
import { contains, parseAddress, parseCidr } from "./cidr.ts";
import { type IpamOptions, poolsOf } from "./ipam.ts";

const pools = (options: Partial<IpamOptions>) =>
  poolsOf({ subnets: [], ranges: [], gateways: [], auxiliary: {}, ...options });

describe("pools", () => {
  test("nothing asked for is no pool", () => {
    expect(pools({})).toEqual([]);
  });

  test("each range, gateway and auxiliary address comes to its subnet", () => {
    const options = {
      subnets: ["10.1.0.0/16", "fd00:1::/64", "192.168.0.0/24"],
      ranges: ["fd00:1::100/120", "10.1.5.0/24"],
      gateways: ["192.168.0.254", "fd00:1::1"],
      auxiliary: { router: "10.1.0.9", printer: "10.1.0.10", nas: "fd00:1::9" },
    };
    expect(pools(options)).toEqual([
      {
        Subnet: "10.1.0.0/16",
        IPRange: "10.1.5.0/24",
        AuxiliaryAddresses: { router: "10.1.0.9", printer: "10.1.0.10" },
      },
      {
        Subnet: "fd00:1::/64",
        IPRange: "fd00:1::100/120",
        Gateway: "fd00:1::1",
        AuxiliaryAddresses: { nas: "fd00:1::9" },
      },
      { Subnet: "192.168.0.0/24", Gateway: "192.168.0.254" },
    ]);
  });

  test.each([
    [{ gateways: ["10.0.0.1"] }, "every ip-range or gateway must have a corresponding subnet"],
    [{ subnets: ["x"] }, "invalid subnet: invalid CIDR address: x"],
    [{ subnets: ["10.0.0.0/33"] }, "invalid subnet: invalid CIDR address: 10.0.0.0/33"],
    [
      { subnets: ["10.0.0.0/8", "10.1.0.0/16"] },
      "multiple overlapping subnet configuration is not supported",
    ],
    [{ subnets: ["10.0.0.0/8"], ranges: ["10.0.0.1"] }, "invalid CIDR address: 10.0.0.1"],
    [{ subnets: ["10.0.0.0/8"], ranges: ["11.0.0.0/24"] }, "no matching subnet for range 11.0.0.0/24"],
    [{ subnets: ["10.0.0.0/8"], gateways: ["fd00::1"] }, "no matching subnet for gateway fd00::1"],
    [{ subnets: ["10.0.0.0/8"], auxiliary: { a: "" } }, "no matching subnet for aux-address "],
    [
      { subnets: ["10.0.0.0/8", "11.0.0.0/8"], gateways: ["10.0.0.1", "10.0.0.2"] },
      "cannot configure multiple gateways (10.0.0.2, 10.0.0.1) for the same subnet (10.0.0.0/8)",
    ],
    [
      { subnets: ["10.0.0.0/8", "11.0.0.0/8"], ranges: ["10.0.0.0/24", "10.0.1.0/24"] },
      "cannot configure multiple ranges (10.0.1.0/24, 10.0.0.0/24) on the same subnet (10.0.0.0/8)",
    ],
  ])("%j: %s", (options, message) => {
    expect(() => pools(options)).toThrow(message);
  });
});

test("blocks hold addresses of their family", () => {
  const holds = (outer: string, inner: string) => contains(parseCidr(outer)!, parseAddress(inner)!);
  expect(holds("172.16.0.0/12", "172.31.255.255")).toBe(true);
  expect(holds("172.16.0.0/12", "172.32.0.0")).toBe(false);
  expect(holds("0.0.0.0/0", "255.1.2.3")).toBe(true);
  expect(holds("0.0.0.0/0", "::1")).toBe(false);
  expect(holds("fd00:1:2:3::/64", "FD00:1:2:3:ffff::9")).toBe(true);
  expect(holds("fd00:1:2:3::/64", "fd00:1:2:4::9")).toBe(false);
  expect(holds("::ffff:0:0/96", "::ffff:10.0.0.1")).toBe(true);
  expect(parseCidr("10.0.0.0/08")).toBeUndefined();
});
