import { expect, test } from "bun:test";
import { canonicalIp, contains, formatPrefix, masked, overlaps, parseIp, parsePrefix } from "./prefix.ts";

test("prefixes of both families lose the bits beyond their length", () => {
  expect(formatPrefix(masked(parsePrefix("172.17.42.1/16")))).toBe("172.17.0.0/16");
  expect(formatPrefix(masked(parsePrefix("FD00:0:0:1::5/64")))).toBe("fd00:0:0:1::/64");
  expect(formatPrefix(masked(parsePrefix("::/0")))).toBe("::/0");
});

test("addresses have one form", () => {
  expect(canonicalIp("2001:DB8:0:0:0:0:0:1")).toBe("2001:db8::1");
  expect(canonicalIp("::ffff:1.2.3.4")).toBe("::ffff:102:304");
  expect(canonicalIp("10.0.0.1")).toBe("10.0.0.1");
});

test("what is in a prefix and what overlaps", () => {
  expect(contains(parsePrefix("10.0.0.0/8"), parseIp("10.255.255.255"))).toBe(true);
  expect(contains(parsePrefix("10.0.0.0/8"), parseIp("11.0.0.0"))).toBe(false);
  expect(contains(parsePrefix("::/0"), parseIp("11.0.0.0"))).toBe(false);
  expect(overlaps(parsePrefix("fd00::/8"), parsePrefix("fd12::/16"))).toBe(true);
  expect(overlaps(parsePrefix("10.0.0.0/24"), parsePrefix("10.0.1.0/24"))).toBe(false);
});

test("nonsense is refused", () => {
  for (const text of ["", "10.0.0.0", "10.0.0.0/33", "fd00::/129", "10.0.0/8", "x/8", "1.1.1.1/8/8"]) {
    expect(() => parsePrefix(text)).toThrow("invalid CIDR address");
  }
  expect(() => parseIp("fe80::1%eth0")).toThrow("invalid IP address");
});
