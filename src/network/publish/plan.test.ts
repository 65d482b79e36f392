import { describe, expect, test } from "bun:test";
import { isForwarded, type PortTargets, plan } from "./plan.ts";

const both: PortTargets = { 4: { address: "10.0.0.2" }, 6: { address: "fd00::2" } };
const ipv4: PortTargets = { 4: { address: "10.0.0.2" } };
const ipv6: PortTargets = { 6: { address: "fd00::2" } };

const planned = (hostIp: string, targets: PortTargets, defaultHostIp?: string) =>
  plan({ hostIp, protocol: "tcp" }, targets, defaultHostIp).map(
    (it) => `${it.hostIp} > ${it.target.address}`,
  );

describe("where a port is published", () => {
  test("that names no address: on all of both families, as far as the container has them", () => {
    expect(planned("", both)).toEqual(["0.0.0.0 > 10.0.0.2", ":: > fd00::2"]);
    expect(planned("", ipv4)).toEqual(["0.0.0.0 > 10.0.0.2"]);
    expect(planned("", ipv6)).toEqual([":: > fd00::2"]);
    expect(planned("", {})).toEqual([]);
  });

  test("by the network's default: there alone, unless that means everywhere", () => {
    expect(planned("", both, "127.0.0.1")).toEqual(["127.0.0.1 > 10.0.0.2"]);
    expect(planned("", both, "0.0.0.0")).toEqual(["0.0.0.0 > 10.0.0.2", ":: > fd00::2"]);
    expect(planned("", both, "::")).toEqual([":: > fd00::2"]);
  });

  test("that names one: there, in whatever form it is written, and to the other family if need be", () => {
    expect(planned("0.0.0.0", both)).toEqual(["0.0.0.0 > 10.0.0.2"]);
    expect(planned("[::1]", both)).toEqual(["::1 > fd00::2"]);
    expect(planned("FD00:0::9", ipv4)).toEqual(["fd00::9 > 10.0.0.2"]);
    expect(planned("127.0.0.1", ipv6)).toEqual(["127.0.0.1 > fd00::2"]);
    expect(planned("::ffff:127.0.0.1", both)).toEqual(["127.0.0.1 > 10.0.0.2"]);
    expect(() => planned("eth0", both)).toThrow(`"eth0" is not an IPv4 or IPv6 address`);
  });

  test("of a routed network: at no address of the host", () => {
    const routed = { 4: { address: "10.0.0.2", routed: true } };
    expect(planned("127.0.0.1", routed)).toEqual(["0.0.0.0 > 10.0.0.2"]);
  });
});

test("the packet filter leads within a family, but not from IPv6's loopback", () => {
  expect(isForwarded("127.0.0.1", "10.0.0.2")).toBe(false);
  expect(isForwarded("::", "fd00::2")).toBe(false);
  expect(isForwarded("::1", "fd00::2")).toBe(true);
  expect(isForwarded("::", "10.0.0.2")).toBe(true);
  expect(() => plan({ hostIp: "::", protocol: "sctp" }, ipv4, undefined)).toThrow(
    "cannot publish an SCTP port",
  );
});
