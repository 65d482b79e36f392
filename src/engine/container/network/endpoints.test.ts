import { describe, expect, test } from "bun:test";
import type { ContainerCreateRequest, EndpointSettings, HostConfig } from "../../../api/index.ts";
import type { EngineContext } from "../../context.ts";
import { attachmentFor } from "./attachment.ts";
import { endpointsFor } from "./endpoints.ts";

const web = { id: "a".repeat(64), name: "web", blocks: [{ subnet: "10.9.0.0/24" }, { subnet: "fd09::/64" }] };
const networks = {
  lookUp: (ref: string) => ([web.id, web.name].includes(ref) ? web : undefined),
  named: (name: string) => (name === web.name ? web : undefined),
} as unknown as EngineContext["networks"];

const endpoints = (
  NetworkMode: string | undefined,
  named?: Record<string, EndpointSettings | null>,
  more: Partial<ContainerCreateRequest> = {},
) => {
  const hostConfig: HostConfig = NetworkMode === undefined ? {} : { NetworkMode };
  return endpointsFor(
    { networks },
    { ...more, NetworkingConfig: { EndpointsConfig: named ?? {} } },
    hostConfig,
  );
};

describe("the networks of a container", () => {
  test("are what its mode says", () => {
    expect(endpoints(undefined)).toEqual({ bridge: {} });
    expect(endpoints("default")).toEqual({ bridge: {} });
    expect(endpoints("none")).toEqual({ none: {} });
    expect(endpoints("later")).toEqual({ later: {} });
    expect(endpoints("container:x")).toEqual({});
  });

  test("are known by their names, the main one first", () => {
    const named = { other: {}, [web.id]: { Aliases: ["a"] } };
    expect(Object.entries(endpoints(web.id, named))).toEqual([
      ["web", { Aliases: ["a"] }],
      ["other", {}],
    ]);
    expect(endpoints("default", { default: { GwPriority: 1 } })).toEqual({ bridge: { GwPriority: 1 } });
  });

  test("a MAC address for the container is the main network's", () => {
    const MacAddress = "02:42:00:00:00:01";
    expect(endpoints("web", { web: {}, other: {} }, { MacAddress })).toEqual({
      web: { MacAddress },
      other: {},
    });
    expect(() => endpoints("host", {}, { MacAddress })).toThrow("mac-address and the network mode");
    const both = { web: { MacAddress: "02:42:00:00:00:02" } };
    expect(() => endpoints("web", both, { MacAddress })).toThrow(
      "must match the endpoint-specific MAC address",
    );
  });

  test.each<[string, Record<string, EndpointSettings | null>, string]>([
    ["host", { host: {}, web: {} }, "cannot be connected to any other network"],
    ["container:x", { "container:x": {}, web: {} }, "cannot be connected to any other network"],
    ["none", { none: {}, web: {} }, "private (none) mode"],
    ["web", { web: {}, none: {} }, "private (none) mode"],
    ["web", { web: {}, host: {} }, "must be created in host network mode"],
    ["web", { web: null }, "invalid config for network web: EndpointsConfig is nil"],
    [
      "bridge",
      { bridge: { IPAMConfig: { IPv4Address: "10.0.0.1" } } },
      "supported on user-defined networks only",
    ],
    [
      "bridge",
      { bridge: { Aliases: ["x"] } },
      "network-scoped aliases are only supported for user-defined networks",
    ],
    [
      "web",
      { web: { IPAMConfig: { IPv4Address: "10.8.0.1" } } },
      "no configured subnet contains IP address 10.8.0.1",
    ],
    ["web", { web: { IPAMConfig: { IPv4Address: "fd09::1" } } }, "invalid IPv4 address: fd09::1"],
    ["web", { web: { IPAMConfig: { IPv6Address: "::" } } }, "invalid IPv6 address: ::"],
    ["web", { web: { IPAMConfig: { LinkLocalIPs: ["x"] } } }, "invalid link-local IP address: x"],
    ["web", { web: { MacAddress: "x" } }, "invalid MAC address: x"],
    ["web", { web: { MacAddress: "01:00:5e:00:00:01" } }, "is that of a group"],
    [
      "web",
      { web: { DriverOpts: { "com.docker.network.endpoint.ifname": "a/b" } } },
      "invalid interface name 'a/b'",
    ],
    [
      "web",
      { web: { DriverOpts: { "com.docker.network.endpoint.sysctls": "net.ipv4.conf.eth0.x=1" } } },
      "unrecognised network interface sysctl 'net.ipv4.conf.eth0.x=1'",
    ],
  ])("mode %s with %j is refused: %s", (mode, named, message) => {
    expect(() => endpoints(mode, named)).toThrow(message);
  });
});

test("what is asked for, in the words of the networks' room", () => {
  const asked = endpoints("web", {
    web: {
      IPAMConfig: { IPv4Address: "10.9.0.7", IPv6Address: "FD09:0::7", LinkLocalIPs: ["169.254.1.1"] },
      GwPriority: 3,
      DriverOpts: {
        "com.docker.network.endpoint.ifname": "front",
        "com.docker.network.endpoint.sysctls":
          "net.ipv4.conf.ifname.rp_filter=0,net.ipv6.conf.IFNAME.mtu=1300",
      },
    },
  });
  expect(attachmentFor(web.id, asked.web ?? {})).toEqual({
    networkId: web.id,
    ipv4: "10.9.0.7",
    ipv6: "fd09::7",
    linkLocal: ["169.254.1.1"],
    interface: "front",
    sysctls: { "net.ipv4.conf.IFNAME.rp_filter": "0", "net.ipv6.conf.IFNAME.mtu": "1300" },
    gatewayPriority: 3,
  });
  expect(attachmentFor(web.id, {})).toEqual({ networkId: web.id });
});
