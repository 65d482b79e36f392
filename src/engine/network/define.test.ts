import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NetworkCreateRequest } from "../../api/index.ts";
import type { SlipwayError } from "../../errors/index.ts";
import { Metastore } from "../../metastore/index.ts";
import type { EngineConfig } from "../config/index.ts";
import { defineNetwork } from "./define.ts";
import { predefinedNetworks } from "./predefined.ts";
import { NetworkStore } from "./store.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-define-"));
const config = {
  addressPools: [{ base: "198.18.0.0/16", size: 24 }],
  networkOptions: { bridge: { "com.docker.network.driver.mtu": "1234" } },
} as unknown as EngineConfig;
let metastore: Metastore;
let networks: NetworkStore;

beforeAll(() => {
  metastore = Metastore.open(join(root, "state.db"));
  networks = new NetworkStore(
    metastore,
    predefinedNetworks({ engineId: "e", created: "2026-01-01T00:00:00Z" }),
  );
});
afterAll(() => {
  metastore.close();
  rmSync(root, { recursive: true });
});

const define = (request: NetworkCreateRequest) => defineNetwork({ id: "e", config, networks }, request);

/** The kind and the message of what a request fails with. */
function failure(request: NetworkCreateRequest): string {
  try {
    define(request);
  } catch (error) {
    return `${(error as SlipwayError).kind}: ${(error as SlipwayError).message}`;
  }
  return "";
}

test("a bridge network with the defaults of its driver", () => {
  const { network } = define({ Name: "web", EnableIPv6: false, Internal: true });
  expect(network).toMatchObject({
    name: "web",
    driver: "bridge",
    ipv4: true,
    ipv6: false,
    blocks: [{ subnet: "198.18.0.0/24", gateway: "198.18.0.1" }],
    options: { "com.docker.network.driver.mtu": "1234" },
    settings: { driver: "bridge", bridge: `br-${network.id.slice(0, 12)}`, mtu: 1234, internal: true },
  });
});

test("a bridge that must not have an address has none", () => {
  const Options = { "com.docker.network.bridge.gateway_mode_ipv4": "isolated" };
  const { network } = define({ Name: "x", Internal: true, EnableIPv6: false, Options });
  expect(network.blocks).toEqual([{ subnet: "198.18.0.0/24" }]);
});

test("macvlan routes through nothing that was not named, and is internal without a parent", () => {
  const IPAM = { Config: [{ Subnet: "10.9.0.0/24" }] };
  expect(define({ Name: "m", Driver: "macvlan", IPAM }).network).toMatchObject({
    blocks: [{ subnet: "10.9.0.0/24" }],
    settings: { driver: "macvlan", mode: "bridge", internal: true },
  });
  const Options = { parent: "eth7", macvlan_mode: "vepa" };
  const { settings } = define({ Name: "m", Driver: "macvlan", IPAM, Options }).network;
  expect(settings).toEqual(expect.objectContaining({ parent: "eth7", mode: "vepa" }));
  expect(settings).not.toHaveProperty("internal");
});

test("a subnet without its family is told of", () => {
  const IPAM = { Config: [{ Subnet: "fd00::/64" }] };
  expect(define({ Name: "x", EnableIPv6: false, IPAM }).warning).toContain("fd00::/64 has no effect");
});

describe("refused", () => {
  test.each<[NetworkCreateRequest, string]>([
    [{ Name: " " }, "invalid: invalid name: name is empty"],
    [{ Name: "host" }, "forbidden: operation is not permitted on predefined host network"],
    [{ Name: "default" }, "forbidden: operation is not permitted on predefined default network"],
    [{ Name: "x", Driver: "host" }, 'forbidden: only one instance of "host" network is allowed'],
    [{ Name: "x", Driver: "overlay" }, "forbidden: overlay networks"],
    [{ Name: "x", Driver: "odd" }, "notFound: could not find plugin odd"],
    [{ Name: "x", Scope: "swarm" }, "forbidden: cannot create a swarm scoped network"],
    [{ Name: "x", Ingress: true }, "forbidden: Ingress network"],
    [{ Name: "x", IPAM: { Driver: "odd" } }, "notFound: could not find plugin odd"],
    [
      { Name: "x", ConfigFrom: { Network: "nonesuch" } },
      'notFound: configuration network "nonesuch" does not exist',
    ],
    [{ Name: "x", ConfigOnly: true, Internal: true }, "forbidden: configuration network can only contain"],
    [
      { Name: "x", ConfigFrom: { Network: "y" }, Labels: { a: "b" } },
      "forbidden: user-specified configurations",
    ],
    [{ Name: "x", ConfigFrom: { Network: "y" }, Options: { a: "b" } }, "forbidden: network driver options"],
    [
      { Name: "x", IPAM: { Config: [{ Subnet: "10.1.0.0/24" }, { Subnet: "10.2.0.0/24" }] } },
      "forbidden: bridge driver doesn't support multiple subnets",
    ],
  ])("%j: %s", (request, message) => {
    expect(failure(request)).toStartWith(message);
  });
});

test("a name and a bridge belong to one network", () => {
  const Options = { "com.docker.network.bridge.name": "br-mine" };
  const { network } = define({ Name: "mine", EnableIPv6: false, Options });
  networks.add(network);
  expect(failure({ Name: "mine" })).toStartWith("conflict: network with name mine already exists");
  expect(failure({ Name: "other", Options })).toContain("networks have same bridge name");
  expect(networks.find(network.id.slice(0, 9))).toBe(network);
  expect(new NetworkStore(metastore, []).find("mine")).toEqual(network);
  networks.delete(network);
  expect(networks.lookUp("mine")).toBeUndefined();
});

test("settings are taken from the network that holds them", () => {
  const IPAM = { Config: [{ Subnet: "10.77.0.0/24", Gateway: "10.77.0.9" }] };
  const { network } = define({ Name: "settings", ConfigOnly: true, IPAM, Labels: { a: "b" } });
  expect(network).toMatchObject({ configOnly: true, driver: "null" });
  expect(network.settings).toBeUndefined();
  networks.add(network);
  expect(define({ Name: "made", ConfigFrom: { Network: "settings" } }).network).toMatchObject({
    driver: "bridge",
    configFrom: "settings",
    blocks: [{ subnet: "10.77.0.0/24", gateway: "10.77.0.9" }],
    labels: { a: "b" },
    options: {},
  });
});
