import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { command, slipwayPath, TestEngine, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { freePort } from "../../support/ports.ts";
import { uniqueName } from "../../support/suite.ts";

/** `slipway daemon` that is expected to refuse its start at once. */
async function refused(...flags: string[]): Promise<string> {
  using folder = new Folder();
  const bridge = `sw${uniqueName("x")}`.slice(0, 15);
  const result = await command(
    [
      ...[slipwayPath, "daemon", `--data-root=${folder.join("data")}`, `--exec-root=${folder.join("run")}`],
      ...[`--host=unix://${folder.join("sock")}`, `--bridge=${bridge}`, ...flags],
    ],
    { timeout: 15_000 },
  );
  await command(["ip", "link", "delete", bridge]);
  expect(result.code).toBe(1);
  expect(result.stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  return result.stderr;
}

test("bad options are refused in one clear line", async () => {
  expect(await refused("--nonsense")).toContain("unknown flag: --nonsense");
  expect(await refused("--bip=300.1.1.1/24")).toContain("300.1.1.1");
  expect(await refused("--log-level=loud")).toContain("loud");
  expect(await refused("--log-driver=nonesuch")).toContain("nonesuch");
  expect(await refused("--default-runtime=nonesuch")).toContain("nonesuch");
  expect(await refused("--default-ulimit=nonsense")).toContain("nonsense");
  expect(await refused("--mtu=wide")).toContain("wide");
});

test("tcp without TLS is for the loopback only", async () => {
  expect(await refused("--host=tcp://0.0.0.0:0")).toMatch(/loopback|127\.0\.0\.1/);
  const address = `127.0.0.1:${freePort()}`;
  const engine = await TestEngine.start({ flags: [`--host=tcp://${address}`] });
  try {
    const response = await fetch(`http://${address}/_ping`);
    expect(await response.text()).toBe("OK");
    const result = await command([slipwayPath, "-H", `tcp://${address}`, "ps"]);
    expect(result.code).toBe(0);
  } finally {
    await engine.dispose();
  }
});

test("a bad daemon.json is refused with its path and what is wrong in it", async () => {
  using folder = new Folder();
  const file = folder.join("daemon.json");
  for (const [content, words] of [
    ["{ not json", file],
    ['{"no-such-key": 1}', "no-such-key"],
    ['{"mtu": "wide"}', "mtu"],
    ['{"bip": "nonsense"}', "nonsense"],
    ['{"hosts": "unix:///x"}', "hosts"],
  ] as const) {
    writeFileSync(file, content);
    expect(await refused(`--config-file=${file}`)).toContain(words);
  }
  expect(await refused(`--config-file=${folder.join("none.json")}`)).toContain("none.json");
  writeFileSync(file, '{"log-level": "info"}');
  const both = await refused(`--config-file=${file}`, "--log-level=debug");
  expect(both).toContain("log-level");
});

test("daemon.json is what counts where no flag says otherwise", async () => {
  using folder = new Folder();
  const file = folder.join("daemon.json");
  writeFileSync(
    file,
    JSON.stringify({
      "log-driver": "local",
      "log-opts": { "max-size": "1m" },
      dns: ["10.3.2.1"],
      "default-ulimits": { nofile: { Name: "nofile", Soft: 77, Hard: 88 } },
      labels: ["site=test"],
    }),
  );
  const engine = await TestEngine.start({ flags: [`--config-file=${file}`] });
  try {
    await engine.slipway(["image", "bootstrap", "busybox"]);
    const run = await engine.slipway([
      "run",
      "--name",
      "config",
      "busybox",
      "sh",
      "-c",
      "cat /etc/resolv.conf; ulimit -n",
    ]);
    expect(run.stderr).toBe("");
    expect(run.stdout).toContain("nameserver 10.3.2.1");
    expect(run.stdout.trim().split("\n").at(-1)).toBe("77");
    const inspected = await engine.slipway(["inspect", "-f", "{{json .HostConfig.LogConfig}}", "config"]);
    expect(JSON.parse(inspected.stdout)).toEqual({ Type: "local", Config: { "max-size": "1m" } });
    expect((await engine.slipway(["info", "-f", "{{.LoggingDriver}} {{json .Labels}}"])).stdout.trim()).toBe(
      'local ["site=test"]',
    );
  } finally {
    await engine.dispose();
  }
});

test("one data root belongs to one engine", async () => {
  const engine = await TestEngine.start();
  try {
    const words = await refused(`--data-root=${engine.dataRoot}`);
    expect(words).toContain(engine.dataRoot);
    expect(await engine.request("/_ping")).toBe("OK");
    await engine.kill();
    await engine.start();
    expect(await engine.request("/_ping")).toBe("OK");
  } finally {
    await engine.dispose();
  }
});

test("the pid file holds the pid while the engine runs; an orderly end takes it and the socket away", async () => {
  using folder = new Folder();
  const engine = await TestEngine.start({ flags: [`--pidfile=${folder.join("pid")}`] });
  expect(readFileSync(folder.join("pid"), "utf8").trim()).toBe(`${engine.pid}`);
  expect(await refused(`--pidfile=${folder.join("pid")}`)).toContain(folder.join("pid"));
  expect(await engine.terminate()).toBe(0);
  expect(existsSync(folder.join("pid"))).toBe(false);
  expect(existsSync(engine.socket)).toBe(false);
  await engine.dispose();
});

test("a socket that a killed engine left is taken over, one that is served is not", async () => {
  const engine = await TestEngine.start();
  try {
    expect(await refused(`--host=unix://${engine.socket}`)).toContain(engine.socket);
    expect(await engine.request("/_ping")).toBe("OK");
    await engine.kill();
    expect(existsSync(engine.socket)).toBe(true);
    await engine.start();
    await until("it answers", async () => (await engine.request("/_ping")) === "OK");
  } finally {
    await engine.dispose();
  }
});
