import { describe, expect, test } from "bun:test";
import { parseConfig } from "./file.ts";
import { parseFlags } from "./flags.ts";
import { networkConfig } from "./networks.ts";

const flags = (...argv: string[]) => networkConfig(parseFlags(argv));

test("nothing said", () => {
  const config = networkConfig({});
  expect(config).toMatchObject({
    bridge: "slipway0",
    mtu: 1500,
    icc: true,
    masquerade: true,
    networkOptions: {},
  });
  expect(config).not.toHaveProperty("ipv6");
});

test("options of drivers, on the command line and in the file", () => {
  const networkOptions = { bridge: { "com.docker.network.enable_ipv6": "false", a: "b=c" } };
  const argv = ["--default-network-opt", "bridge=com.docker.network.enable_ipv6=false"];
  expect(flags(...argv, "--default-network-opt=bridge=a=b=c")).toMatchObject({ networkOptions });
  const file = JSON.stringify({
    "default-network-opts": networkOptions,
    "host-gateway-ips": ["192.0.2.1"],
    ipv6: false,
  });
  expect(networkConfig(parseConfig(file, "daemon.json"))).toMatchObject({
    networkOptions,
    hostGatewayIps: ["192.0.2.1"],
    ipv6: false,
  });
});

test("addresses of the default bridge", () => {
  const config = flags("--bip=10.1.0.1/16", "--fixed-cidr=10.1.5.0/24", "--bip6=fd00::1/64", "--ipv6");
  expect(config).toMatchObject({
    bip: "10.1.0.1/16",
    fixedCidr: "10.1.5.0/24",
    bip6: "fd00::1/64",
    ipv6: true,
  });
});

describe("refused", () => {
  test.each([
    ["--bip=fd00::1/64", "--bip must be an IPv4 address"],
    ["--fixed-cidr-v6=10.0.0.0/8", "--fixed-cidr-v6 must be an IPv6 address"],
    ["--ip=nowhere", "--ip must be an address of the host"],
    ["--host-gateway-ip=x", "--host-gateway-ip must be an IP address"],
    ["--host-gateway-ip=1.1.1.1,2.2.2.2", "only one IPv4 and one IPv6"],
    ["--default-network-opt=bridge", "use name=value"],
    ["--default-address-pool=base=10.0.0.0/24,size=16", "cannot be cut into subnets of size 16"],
  ])("%s: %s", (flag, message) => {
    expect(() => flags(flag)).toThrow(message);
  });

  test("a range outside of the bridge's network", () => {
    expect(() => flags("--bip=10.1.0.1/16", "--fixed-cidr=10.2.0.0/24")).toThrow(
      "is not in the network of --bip",
    );
  });
});
