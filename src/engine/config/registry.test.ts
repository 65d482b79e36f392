import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../../os/testing.ts";
import { registryInfo } from "../system/registry-info.ts";
import { loadConfig } from "./index.ts";
import { registrySettings, transferSettings } from "./registry.ts";

afterAll(removeScratch);

function file(content: object): string {
  const path = join(scratchDirectory("config"), "daemon.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test("flags say how registries are reached", () => {
  const { registry, transfers } = loadConfig([
    "--insecure-registry=10.0.0.0/8",
    "--insecure-registry",
    "http://registry.example:5000",
    "--registry-mirror=https://mirror.example/",
    "--registry-mirror=https://mirror.example/",
    "--certs-dir=/certs",
    "--http-proxy=http://proxy:1",
    "--https-proxy=http://proxy:2",
    "--no-proxy=a,b",
    "--max-concurrent-downloads=1",
    "--max-concurrent-uploads=2",
    "--max-download-attempts=9",
  ]);
  expect(registry.insecure).toEqual(["10.0.0.0/8", "registry.example:5000"]);
  expect(registry.rules).toEqual({ "docker.io": { mirrors: ["https://mirror.example/"] } });
  expect(registry.certificates).toEqual(["/certs"]);
  expect(registry.proxies).toEqual({ http: "http://proxy:1", https: "http://proxy:2", none: "a,b" });
  expect(transfers).toEqual({ downloads: 1, uploads: 2, attempts: 9 });
});

test("so does dockerd's configuration file, and what it has not", () => {
  const path = file({
    "insecure-registries": ["registry.example"],
    "registry-mirrors": ["https://two.example"],
    registries: {
      "docker.io": { mirrors: ["one.example/hub"] },
      "quay.io": { rewrite: "cache.example/quay", insecure: true },
      "bad.example": { blocked: true },
    },
    proxies: { "http-proxy": "http://proxy:1", "no-proxy": "x" },
    "max-concurrent-downloads": 7,
  });
  const { registry, transfers } = loadConfig(["--config-file", path]);
  expect(registry.insecure).toEqual(["registry.example"]);
  expect(registry.rules).toEqual({
    "docker.io": { mirrors: ["one.example/hub", "https://two.example"] },
    "quay.io": { rewrite: "cache.example/quay", insecure: true },
    "bad.example": { blocked: true },
  });
  expect(registry.proxies).toMatchObject({ http: "http://proxy:1", none: "x" });
  expect(transfers.downloads).toBe(7);
});

test("without a word there are dockerd's defaults, and the environment's proxies", () => {
  const environment = { HTTP_PROXY: "proxy:1", https_proxy: "https://proxy:2", NO_PROXY: "x" };
  expect(registrySettings({}, environment)).toMatchObject({
    insecure: [],
    rules: {},
    certificates: ["/etc/slipway/certs.d", "/etc/docker/certs.d"],
    proxies: { http: "proxy:1", https: "https://proxy:2", none: "x" },
  });
  expect(registrySettings({ "http-proxy": "given:1" }, environment).proxies.http).toBe("given:1");
  expect(transferSettings()).toEqual({ downloads: 3, uploads: 5, attempts: 5 });
});

describe("what cannot be is an error that names it", () => {
  test.each([
    [["--insecure-registry=ftp://a"], "insecure registry ftp://a is not valid"],
    [["--insecure-registry=10.0.0.0/64"], "insecure registry 10.0.0.0/64 is not valid"],
    [["--registry-mirror=mirror.example"], "the scheme https:// or http:// is missing"],
    [["--registry-mirror=https://u:p@mirror.example"], "username/password are not allowed"],
    [["--registry-mirror=https://mirror.example/?x"], "no query or fragment"],
    [["--http-proxy=socks5://proxy"], "invalid proxy socks5://proxy"],
    [["--max-concurrent-uploads=0"], "invalid max-concurrent-uploads: 0"],
    [["--max-download-attempts=-1"], "invalid max-download-attempts: -1"],
    [["--registries={}"], "unknown flag: --registries"],
  ])("%j", (argv, message) => expect(() => loadConfig(argv)).toThrow(message));

  test.each([
    [{ registries: { a: 1 } }, "registries: must be an object of objects"],
    [{ registries: { "a.example": { mirror: [] } } }, 'registries: a.example: there is no "mirror"'],
    [{ registries: { "a.example": { blocked: "yes" } } }, 'a.example: blocked cannot be "yes"'],
    [{ registries: { "a.example": { mirrors: ["ftp://x"] } } }, "invalid mirror"],
    [{ registries: { "a.example": { rewrite: "a b" } } }, "invalid location"],
    [{ proxies: { "ftp-proxy": "x" } }, "proxies.ftp-proxy"],
    [{ proxies: "x" }, "proxies"],
  ])("%j", (content, message) => expect(() => loadConfig(["--config-file", file(content)])).toThrow(message));

  test("in both places", () => {
    const path = file({ proxies: { "http-proxy": "http://a" } });
    expect(() => loadConfig(["--config-file", path, "--http-proxy", "http://b"])).toThrow(
      "http-proxy: (from flag",
    );
  });
});

test("info shows it as Docker does, without a proxy's password", () => {
  const settings = registrySettings(
    {
      "insecure-registry": ["registry.example:5000", "10.0.0.0/8"],
      "registry-mirror": ["https://mirror.example"],
      "http-proxy": "http://user:secret@proxy:1",
    },
    {},
  );
  expect(registryInfo(settings)).toEqual({
    RegistryConfig: {
      InsecureRegistryCIDRs: ["::1/128", "127.0.0.0/8", "10.0.0.0/8"],
      IndexConfigs: {
        "docker.io": {
          Name: "docker.io",
          Mirrors: ["https://mirror.example/"],
          Secure: true,
          Official: true,
        },
        "registry.example:5000": {
          Name: "registry.example:5000",
          Mirrors: [],
          Secure: false,
          Official: false,
        },
      },
      Mirrors: ["https://mirror.example/"],
    },
    HttpProxy: "http://xxxxx:xxxxx@proxy:1",
    HttpsProxy: "",
    NoProxy: "",
  });
});
