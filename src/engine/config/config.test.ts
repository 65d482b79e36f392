import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../../os/testing.ts";
import { bytes } from "./bytes.ts";
import { loadConfig } from "./index.ts";

afterAll(removeScratch);

const directory = scratchDirectory("config");

function file(content: string): string {
  const path = join(directory, `${Bun.hash(content)}.json`);
  writeFileSync(path, content);
  return path;
}

describe("loadConfig", () => {
  test("base images have their mirrors and keys", () => {
    const path = file(JSON.stringify({ "ubuntu-mirror": "https://u.example/ubuntu" }));
    const { archives } = loadConfig(["--debian-keyring=/k.gpg", "--config-file", path]);
    expect(archives).toEqual({
      debian: { keyring: "/k.gpg" },
      ubuntu: { mirror: "https://u.example/ubuntu/" },
    });
  });

  test("has dockerd's defaults for what nobody names", () => {
    const config = loadConfig([]);
    expect(config.dataRoot).toBe("/var/lib/slipway");
    expect(config.hosts).toEqual(["unix:///run/slipway/slipway.sock"]);
    expect(config.log).toEqual({ Type: "json-file", Config: {} });
  });

  test("reads flags in every form", () => {
    const config = loadConfig([
      "--data-root=/a/",
      "-H",
      "unix:///x",
      "-Hunix:///y",
      "--iptables=false",
      "-D",
      "--log-opt",
      "max-size=1m",
      "--log-opt=max-file=2",
      "--default-ulimit",
      "nofile=10:20",
      "--default-address-pool",
      "base=10.9.0.0/16,size=24",
      "--add-runtime",
      "gv=/usr/bin/gv",
    ]);
    expect(config.dataRoot).toBe("/a");
    expect(config.hosts).toEqual(["unix:///x", "unix:///y"]);
    expect(config.iptables).toBe(false);
    expect(config.logLevel).toBe("debug");
    expect(config.log.Config).toEqual({ "max-size": "1m", "max-file": "2" });
    expect(config.ulimits).toEqual([{ Name: "nofile", Soft: 10, Hard: 20 }]);
    expect(config.addressPools).toEqual([{ base: "10.9.0.0/16", size: 24 }]);
    expect(config.runtimes).toEqual({ gv: { path: "/usr/bin/gv", args: [] } });
  });

  test("reads dockerd's configuration file", () => {
    const path = file(
      JSON.stringify({
        hosts: ["unix:///z"],
        "default-ulimits": { nofile: { Name: "nofile", Hard: 64, Soft: 32 } },
        runtimes: { custom: { path: "/bin/c", runtimeArgs: ["--debug"] } },
        "log-opts": { "max-size": "3m" },
      }),
    );
    const config = loadConfig(["--config-file", path]);
    expect(config.hosts).toEqual(["unix:///z"]);
    expect(config.ulimits).toEqual([{ Name: "nofile", Soft: 32, Hard: 64 }]);
    expect(config.runtimes.custom).toEqual({ path: "/bin/c", args: ["--debug"] });
    expect(config.log.Config).toEqual({ "max-size": "3m" });
  });

  test.each([
    [["--nope"], "unknown flag: --nope"],
    [["--mtu", "x"], 'invalid argument "x" for --mtu'],
    [["--log-level", "loud"], "invalid logging level: loud"],
    [["--max-layer-size", "big"], "invalid size: 'big'"],
    [
      ["--debian-mirror", "ftp://m.example"],
      "invalid mirror: http://HOST/PATH or https://HOST/PATH is expected",
    ],
    [["--ubuntu-keyring", "keys.gpg"], 'invalid keyring "keys.gpg": an absolute path is expected'],
    [["--data-root", "relative"], "absolute path"],
    [["--storage-driver", "vfs"], "invalid storage driver: vfs (use one of erofs, overlay2)"],
    [["--firewall-backend", "pf"], "invalid --firewall-backend: pf (use iptables or nftables)"],
    [["--firewall-mode", "ask"], "invalid --firewall-mode: ask (use open or respect)"],
    [["--config-file", "/does/not/exist.json"], "/does/not/exist.json"],
    [["extra"], "takes no arguments"],
  ])("%j fails and says why", (argv, message) => {
    expect(() => loadConfig(argv)).toThrow(message);
  });

  test.each([
    ['{"mtu": "big"}', "mtu: must be a whole number"],
    ['{"storage-driver-x": 1}', "storage-driver-x"],
    ["{", "unable to configure the engine with file"],
    ["[]", "one JSON object"],
  ])("the file %j fails and says why", (content, message) => {
    expect(() => loadConfig(["--config-file", file(content)])).toThrow(message);
  });

  test("an option in both places is an error that shows both", () => {
    const path = file('{"mtu": 1400}');
    expect(() => loadConfig(["--config-file", path, "--mtu", "1300"])).toThrow(
      "from flag: 1300, from file: 1400",
    );
  });
});

test.each([
  ["64m", 67108864],
  ["1GiB", 1073741824],
  ["10", 10],
  ["1.5k", 1536],
])("bytes(%j)", (text, value) => {
  expect(bytes(text)).toBe(value);
});
