import { expect, test } from "bun:test";
import { bridgeOptions } from "./bridge.ts";
import { ipvlanOptions, macvlanOptions } from "./vlan.ts";

const prefix = "com.docker.network.";

test("options of a bridge", () => {
  const options = {
    [`${prefix}bridge.name`]: "br9",
    [`${prefix}bridge.enable_icc`]: "false",
    [`${prefix}bridge.enable_ip_masquerade`]: "0",
    [`${prefix}bridge.host_binding_ipv4`]: "127.0.0.1",
    [`${prefix}bridge.gateway_mode_ipv6`]: "routed",
    [`${prefix}bridge.trusted_host_interfaces`]: "eth0:eth1",
    [`${prefix}driver.mtu`]: "1400",
    [`${prefix}container_iface_prefix`]: "net",
    [`${prefix}host_ipv4`]: "192.0.2.1",
    "made.up": "ignored",
  };
  expect(bridgeOptions(options, false)).toEqual({
    bridge: "br9",
    interContainer: false,
    masquerade: false,
    defaultHostIp: "127.0.0.1",
    gatewayMode6: "routed",
    trustedInterfaces: ["eth0", "eth1"],
    mtu: 1400,
    interfacePrefix: "net",
    hostIPv4: "192.0.2.1",
  });
  expect(bridgeOptions({}, false)).toEqual({});
});

test("all addresses is what is meant without an address", () => {
  expect(bridgeOptions({ [`${prefix}bridge.host_binding_ipv4`]: "0.0.0.0" }, false)).toEqual({});
});

test.each([
  ["bridge.enable_icc", "perhaps", "failed to parse com.docker.network.bridge.enable_icc value: perhaps"],
  ["driver.mtu", "big", "failed to parse com.docker.network.driver.mtu value: big"],
  ["bridge.host_binding_ipv4", "nowhere", "value: nowhere"],
  ["host_ipv4", "fd00::1", "value: fd00::1"],
  ["bridge.gateway_mode_ipv4", "odd", "unknown gateway mode odd"],
  ["bridge.gateway_mode_ipv4", "isolated", "can only be used for an internal network"],
])("%s=%s is refused", (name, value, message) => {
  expect(() => bridgeOptions({ [`${prefix}${name}`]: value }, false)).toThrow(message);
});

test("an internal network can be isolated", () => {
  const options = { [`${prefix}bridge.gateway_mode_ipv4`]: "isolated" };
  expect(bridgeOptions(options, true)).toEqual({ gatewayMode4: "isolated" });
});

test("options of macvlan and ipvlan, and what they are unless said", () => {
  expect(macvlanOptions({ parent: "eth0" })).toEqual({ parent: "eth0", mode: "bridge" });
  expect(ipvlanOptions({ ipvlan_mode: "l3", ipvlan_flag: "vepa" })).toEqual({ mode: "l3", flag: "vepa" });
  expect(() => macvlanOptions({ macvlan_mode: "odd" })).toThrow("requested macvlan mode 'odd' is not valid");
  expect(() => ipvlanOptions({ ipvlan_flag: "odd" })).toThrow("requested ipvlan flag 'odd' is not valid");
  expect(() => macvlanOptions({ parent: "lo" })).toThrow("loopback");
});
