import { expect, test } from "bun:test";
import { renderHostname, renderHosts } from "./hosts.ts";
import { isResolvedStub, renderResolvConf } from "./resolv-conf.ts";

test("hosts names the container by its full and its short name", () => {
  const text = renderHosts({ hostname: "web", domainname: "example.org", addresses: ["172.17.0.2"] });
  expect(text.startsWith("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n")).toBe(true);
  expect(text.endsWith("ff02::2\tip6-allrouters\n172.17.0.2\tweb.example.org web\n")).toBe(true);
});

test("hosts takes extra hosts in every form", () => {
  const text = renderHosts({
    hostname: "web",
    addresses: ["172.17.0.2"],
    extraHosts: ["db:10.0.0.5", "six=[fd00::1]", "seven:fd00::2", "up:host-gateway"],
    hostGateway: "172.17.0.1",
  });
  expect(text).toContain("\n10.0.0.5\tdb\nfd00::1\tsix\nfd00::2\tseven\n172.17.0.1\tup\n172.17.0.2\tweb\n");
  expect(() => renderHosts({ hostname: "web", addresses: [], extraHosts: ["db"] })).toThrow("add-host");
  expect(() => renderHosts({ hostname: "w", addresses: [], extraHosts: ["a:host-gateway"] })).toThrow(
    "host-gateway",
  );
});

test("hostname ends its line", () => {
  expect(renderHostname("web")).toBe("web\n");
});

const HOST =
  "# by hand\nnameserver 127.0.0.1\nnameserver 10.1.1.1\nnameserver fe80::1%eth0\nsearch a b\noptions ndots:2\n";

test("resolv.conf leaves out servers a container cannot reach", () => {
  expect(renderResolvConf(HOST)).toBe("nameserver 10.1.1.1\nsearch a b\noptions ndots:2\n");
  expect(renderResolvConf("nameserver 127.0.0.53\n")).toBe("nameserver 8.8.8.8\nnameserver 8.8.4.4\n");
  expect(renderResolvConf("nameserver 127.0.0.53\n", {}, { ownNetwork: false })).toBe(
    "nameserver 127.0.0.53\n",
  );
});

test("resolv.conf takes overrides one by one", () => {
  const text = renderResolvConf(HOST, { nameservers: ["9.9.9.9"], options: ["timeout:1"] });
  expect(text).toBe("nameserver 9.9.9.9\nsearch a b\noptions timeout:1\n");
  expect(renderResolvConf(HOST, { search: ["."] })).toBe("nameserver 10.1.1.1\noptions ndots:2\n");
});

test("recognises the stub of systemd-resolved", () => {
  expect(isResolvedStub("nameserver 127.0.0.53\noptions edns0\n")).toBe(true);
  expect(isResolvedStub(HOST)).toBe(false);
});
