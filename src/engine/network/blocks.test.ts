import { describe, expect, test } from "bun:test";
import type { IPAMConfig } from "../../api/index.ts";
import { addressPools } from "./address-pools.ts";
import { checkBlocks } from "./check-blocks.ts";
import type { NetworkDefinition } from "./definition.ts";
import { hasAddress, type Settling, settleBlocks } from "./settle-blocks.ts";

/** Subnets that no host of ours has routes to. */
const pools = [
  { base: "198.18.0.0/16", size: 24 },
  { base: "fd73:57e1::/48", size: 64 },
];
const other = {
  name: "other",
  configOnly: false,
  blocks: [{ subnet: "198.18.0.0/24" }, { subnet: "198.19.5.0/24" }],
} as unknown as NetworkDefinition;
const settling: Settling = { pools, others: [other], needsGateway: () => true };

const settle = (configs: IPAMConfig[], families: (4 | 6)[] = [4], changes: Partial<Settling> = {}) =>
  settleBlocks(checkBlocks(configs), families, { ...settling, ...changes });

describe("blocks that were asked for", () => {
  test.each([
    [{ Subnet: "10.0.0.1/24" }, "invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24"],
    [
      { Subnet: "10.0.0.0/24", IPRange: "10.0.0.0/16" },
      "CIDR block is bigger than its parent subnet 10.0.0.0/24",
    ],
    [{ Subnet: "10.0.0.0/24", IPRange: "10.0.1.0/25" }, "parent subnet 10.0.0.0/24 doesn't contain ip-range"],
    [{ Subnet: "10.0.0.0/24", IPRange: "fd00::/64" }, "parent subnet is an IPv4 block"],
    [{ Subnet: "10.0.0.0/24", Gateway: "10.0.1.1" }, "invalid gateway 10.0.1.1: parent subnet 10.0.0.0/24"],
    [
      { Subnet: "fd00::/64", Gateway: "10.0.1.1" },
      "invalid gateway 10.0.1.1: parent subnet is an IPv6 block",
    ],
    [{ Subnet: "10.0.0.0/24", AuxiliaryAddresses: { a: "10.0.9.1" } }, "invalid auxiliary address a"],
    [{ Gateway: "10.0.0.1" }, "needs a subnet"],
    [{ Subnet: "nonsense" }, "nonsense"],
  ])("%j is refused: %s", (config, message) => {
    expect(() => checkBlocks([config])).toThrow(message);
  });

  test("all that is wrong is told at once", () => {
    expect(() => checkBlocks([{ Subnet: "10.0.0.1/24", Gateway: "10.1.0.1" }])).toThrow(
      "* invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24\n* invalid gateway",
    );
  });

  test("an empty one is none", () => {
    expect(checkBlocks([{}, { Subnet: "", Gateway: "" }])).toEqual([]);
  });
});

describe("blocks as they are settled", () => {
  test("the first free one of the pools, with its first address as the gateway", () => {
    expect(settle([], [4, 6])).toEqual([
      { subnet: "198.18.1.0/24", gateway: "198.18.1.1" },
      { subnet: "fd73:57e1::/64", gateway: "fd73:57e1::1" },
    ]);
  });

  test("a size can be asked for", () => {
    expect(settle([{ Subnet: "0.0.0.0/28" }])).toEqual([{ subnet: "198.18.1.0/28", gateway: "198.18.1.1" }]);
    expect(() => settle([{ Subnet: "0.0.0.0/8" }])).toThrow(
      "no default address pool has IPv4 subnets of size 8",
    );
  });

  test("the gateway is in the range, as with Docker", () => {
    const [block] = settle([{ Subnet: "10.9.0.0/16", IPRange: "10.9.5.0/24" }]);
    expect(block).toEqual({ subnet: "10.9.0.0/16", range: "10.9.5.0/24", gateway: "10.9.5.0" });
    expect(settle([{ Subnet: "10.9.0.0/31" }])[0]?.gateway).toBe("10.9.0.0");
  });

  test("no gateway where nothing needs one", () => {
    expect(settle([{ Subnet: "10.9.0.0/16" }], [4], { needsGateway: () => false })).toEqual([
      { subnet: "10.9.0.0/16" },
    ]);
  });

  test("what overlaps names the culprit", () => {
    expect(() => settle([{ Subnet: "198.19.0.0/16" }])).toThrow(
      'Pool overlaps with other one on this address space: 198.19.0.0/16 overlaps the network "other" (198.19.5.0/24)',
    );
    expect(() => settle([{ Subnet: "10.9.0.0/16" }, { Subnet: "10.9.1.0/24" }])).toThrow("this network");
  });

  test("the gateway's address is nobody else's", () => {
    const config = { Subnet: "10.9.0.0/24", AuxiliaryAddresses: { router: "10.9.0.1" } };
    expect(() => settle([config])).toThrow("failed to allocate secondary ip address (router:10.9.0.1)");
  });

  test("whose an address is", () => {
    expect(hasAddress(other, "198.19.5.77")).toBe(true);
    expect(hasAddress(other, "198.19.6.77")).toBe(false);
    expect(hasAddress(other, "fd00::1")).toBe(false);
  });
});

test("an engine makes up its own IPv6 addresses, unless some are configured", () => {
  const own = addressPools([{ base: "10.0.0.0/8", size: 24 }], "engine")[1];
  expect(own?.base).toMatch(/^fd[0-9a-f]{2}:[0-9a-f:]+::\/48$/);
  expect(addressPools([], "engine")).toEqual([own!]);
  expect(addressPools([], "another")).not.toEqual([own!]);
  expect(addressPools([{ base: "fd00::/56", size: 64 }], "engine")).toHaveLength(1);
});

test("a subnet that was named must be free on the host too, and its holder is told", () => {
  const holderOnHost = (subnet: string) =>
    subnet === "198.51.100.0/24" ? { subnet, by: "the route 198.51.0.0/16 dev tun0" } : undefined;
  expect(() => settle([{ Subnet: "198.51.100.0/24" }], [4], { holderOnHost })).toThrow(
    "198.51.100.0/24 overlaps the route 198.51.0.0/16 dev tun0; choose another subnet",
  );
  expect(settle([{ Subnet: "203.0.113.0/24" }], [4], { holderOnHost })).toHaveLength(1);
});
