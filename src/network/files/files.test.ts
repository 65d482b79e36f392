import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeHosts, renderHostname, renderHosts } from "./hosts.ts";
import { rewriteInPlace } from "./in-place.ts";
import { renderNameServerConf } from "./name-server-conf.ts";
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
    hostGateway: ["172.17.0.1"],
  });
  expect(text).toContain("\n10.0.0.5\tdb\nfd00::1\tsix\nfd00::2\tseven\n172.17.0.1\tup\n172.17.0.2\tweb\n");
  expect(() => renderHosts({ hostname: "web", addresses: [], extraHosts: ["db"] })).toThrow("add-host");
  expect(() => renderHosts({ hostname: "w", addresses: [], extraHosts: ["a:host-gateway"] })).toThrow(
    "host-gateway",
  );
});

test("host-gateway may be addresses of both kinds", () => {
  const file = {
    hostname: "web",
    addresses: [],
    extraHosts: ["up:host-gateway"],
    hostGateway: ["172.17.0.1", "fd00::1"],
  };
  expect(renderHosts(file)).toContain("\n172.17.0.1\tup\nfd00::1\tup\n");
  expect(renderHosts({ ...file, ipv6: false })).not.toContain(":");
});

test("the host's names are there unless the user has given them to somebody", () => {
  const names = ["host.docker.internal", "gateway.docker.internal"];
  const file = { hostname: "web", addresses: [], hostNames: [{ address: "172.17.0.1", names }] };
  expect(renderHosts(file)).toContain("\n172.17.0.1\thost.docker.internal gateway.docker.internal\n");
  const own = renderHosts({ ...file, extraHosts: ["Host.docker.internal:10.0.0.1"] });
  expect(own).toContain("\n10.0.0.1\tHost.docker.internal\n172.17.0.1\tgateway.docker.internal\n");
  const both = renderHosts({ ...file, extraHosts: names.map((name) => `${name}:10.0.0.1`) });
  expect(both).not.toContain("172.17.0.1");
});

test("a change of hosts leaves what the container has written", () => {
  const link = { address: "172.17.0.3", names: ["db", "0123456789ab", "postgres"] };
  const before = { hostname: "web", addresses: ["172.17.0.2"], links: [link] };
  const after = {
    ...before,
    addresses: ["172.17.0.2", "172.18.0.2", "fd00::2"],
    links: [{ ...link, address: "172.17.0.9" }],
  };
  const edited = `${renderHosts(before)}10.0.0.1\tmine\n`;
  const changed = changeHosts(edited, before, after);
  const added = "172.17.0.9\tdb 0123456789ab postgres\n172.18.0.2\tweb\nfd00::2\tweb\n";
  expect(changed).toEndWith(`\n172.17.0.2\tweb\n10.0.0.1\tmine\n${added}`);
  expect(changed).not.toContain("172.17.0.3");
  expect(changeHosts(changed, before, after)).toBe(changed);
  expect(changeHosts(changed, after, before)).not.toContain("172.18");
});

test("a file that is mounted is changed where it is", () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-files-"));
  const path = join(directory, "hosts");
  try {
    rewriteInPlace(path, (text) => `${text}a longer beginning\n`);
    const { ino } = statSync(path);
    rewriteInPlace(path, (text) => text.replace("a longer beginning", "é"));
    expect(readFileSync(path, "utf8")).toBe("é\n");
    expect(statSync(path).ino).toBe(ino);
    const large = "x".repeat(2 * 1024 * 1024);
    writeFileSync(path, large);
    rewriteInPlace(path, () => "");
    expect(readFileSync(path, "utf8")).toBe(large);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("hostname ends its line", () => {
  expect(renderHostname("web")).toBe("web\n");
});

const HOST =
  "# by hand\nnameserver 127.0.0.1\nnameserver 10.1.1.1\nnameserver fe80::1%eth0\nsearch a b\noptions ndots:2\n";

test("resolv.conf leaves out servers a container cannot reach", () => {
  expect(renderResolvConf(HOST)).toBe("nameserver 10.1.1.1\nsearch a b\noptions ndots:2\n");
  const used = "\n# Used default nameservers.\n";
  const fallback = renderResolvConf("nameserver 127.0.0.53\nnameserver ::1\n");
  expect(fallback).toBe(`nameserver 8.8.8.8\nnameserver 8.8.4.4\n${used}`);
  expect(renderResolvConf("nameserver fd00::1\n", {}, { ipv6: true })).toBe("nameserver fd00::1\n");
  expect(renderResolvConf("nameserver ::1\n", {}, { ipv6: true })).toContain(
    "nameserver 2001:4860:4860::8888\n",
  );
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

test("who asks the embedded name server is told whom that asks", () => {
  const conf = renderNameServerConf(
    "127.0.0.11",
    "nameserver 10.1.1.1\nsearch a b\noptions edns0 ndots:x\nsortlist 10.0.0.0\n",
  );
  expect(conf.keepSingleLabels).toBe(false);
  const head = "nameserver 127.0.0.11\nsearch a b\noptions edns0 ndots:0\nsortlist 10.0.0.0\n";
  const notes = "\n# ExtServers: [host(10.1.1.1)]\n# Overrides: []\n# Option ndots from: internal\n";
  expect(conf.text).toBe(head + notes);
});

test("an ndots that somebody chose stays, and so do the user's own servers", () => {
  const { text, keepSingleLabels } = renderNameServerConf("127.0.0.11", HOST);
  expect(text).toContain("\noptions ndots:2\n");
  expect(text).toContain("# Option ndots from: host\n");
  expect(keepSingleLabels).toBe(true);
  const own = renderNameServerConf("127.0.0.11", HOST, { nameservers: ["9.9.9.9"], options: ["ndots:3"] });
  expect(own.text).toContain("# ExtServers: [9.9.9.9]\n# Overrides: [nameservers options]\n");
  expect(renderNameServerConf("127.0.0.11", "").text).toContain("# NO EXTERNAL NAMESERVERS DEFINED\n");
});
