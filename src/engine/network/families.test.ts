import { expect, test } from "bun:test";
import { familiesOf } from "./families.ts";
import { hasDefaultRoute } from "./host-ipv6.ts";

const yes = () => true;
const no = () => false;
const option = "com.docker.network.enable_ipv6";

test("bridges have IPv6 where the host has it; others where it was asked for", () => {
  expect(familiesOf("bridge", {}, {}, yes)).toMatchObject({ ipv4: true, ipv6: true });
  expect(familiesOf("bridge", {}, {}, no)).toMatchObject({ ipv4: true, ipv6: false });
  expect(familiesOf("macvlan", {}, {}, yes)).toMatchObject({ ipv6: false });
  const named = { IPAM: { Config: [{ Subnet: "fd00::/64" }] } };
  expect(familiesOf("macvlan", named, {}, no)).toMatchObject({ ipv6: true });
});

test("the request overrules the options, which overrule the host", () => {
  expect(familiesOf("bridge", {}, { [option]: "false" }, yes)).toMatchObject({ ipv6: false });
  expect(familiesOf("bridge", { EnableIPv6: true }, { [option]: "false", other: "kept" }, no)).toEqual({
    ipv4: true,
    ipv6: true,
    options: { other: "kept" },
  });
  expect(() => familiesOf("bridge", {}, { [option]: "odd" }, no)).toThrow("failed to parse");
  expect(() => familiesOf("bridge", { EnableIPv4: false }, {}, no)).toThrow("IPv4 or IPv6 must be enabled");
});

test("a default route is told from the one that rejects", () => {
  const zero = "0".repeat(32);
  const route = (flags: string, device: string, length = "00") =>
    `${zero} ${length} ${zero} 00 fd000000000000000000000000000001 00000400 00000003 00000000 ${flags}     ${device}\n`;
  expect(hasDefaultRoute(route("00000003", "eth0"))).toBe(true);
  expect(hasDefaultRoute(route("00200200", "lo"))).toBe(false);
  expect(hasDefaultRoute(route("00000203", "eth0"))).toBe(false);
  expect(hasDefaultRoute(route("00000001", "eth0", "08"))).toBe(false);
  expect(hasDefaultRoute("")).toBe(false);
});
