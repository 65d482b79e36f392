import { expect, test } from "bun:test";
import type { Endpoint } from "./index.ts";
import { chooseWays } from "./routes.ts";

const endpoint = (networkId: string, gateways: string, more: Partial<Endpoint> = {}): Endpoint => {
  const assigned = (address: string, prefixLength: number, gateway: string | undefined) => ({
    address,
    prefixLength,
    ...(gateway && { gateway }),
  });
  return {
    endpointId: `endpoint of ${networkId}`,
    networkId,
    interface: "eth0",
    macAddress: "02:42:00:00:00:01",
    ipv4: assigned("10.0.0.2", 24, gateways.includes("4") ? "10.0.0.1" : undefined),
    ipv6: assigned("fd00::2", 64, gateways.includes("6") ? "fd00::1" : undefined),
    ...more,
  };
};

const chosen = (endpoints: readonly Endpoint[], byInterface: readonly string[] = []) => {
  const ways = chooseWays(endpoints, (id) => ({ name: id, onLink: () => byInterface.includes(id) }));
  return [ways[4]?.endpoint.networkId, ways[6]?.endpoint.networkId];
};

test("nothing leads out of networks without gateways", () => {
  expect(chosen([])).toEqual([undefined, undefined]);
  expect(chosen([endpoint("a", "")])).toEqual([undefined, undefined]);
});

test("the first by name leads out, in whatever order they come", () => {
  expect(chosen([endpoint("b", "4"), endpoint("a", "4"), endpoint("c", "4")])).toEqual(["a", undefined]);
});

test("one that leads out by both versions of IP is better than one that does by one", () => {
  expect(chosen([endpoint("a", "4"), endpoint("b", "46"), endpoint("c", "6")])).toEqual(["b", "b"]);
  expect(chosen([endpoint("a", "4"), endpoint("b", "6")])).toEqual(["a", "b"]);
});

test("a priority goes before everything, for what it leads out by", () => {
  const low = endpoint("a", "46", { gatewayPriority: -1 });
  const high = endpoint("z", "4", { gatewayPriority: 10 });
  expect(chosen([low, endpoint("m", "46"), high])).toEqual(["z", "m"]);
  expect(chosen([low])).toEqual(["a", "a"]);
});

test("an interface leads out without a gateway where its network says so", () => {
  expect(chosen([endpoint("l3", "")], ["l3"])).toEqual(["l3", "l3"]);
  expect(chosen([endpoint("l3", ""), endpoint("a", "4")], ["l3"])).toEqual(["l3", "l3"]);
});
