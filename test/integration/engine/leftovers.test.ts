import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { command, TestEngine, until } from "../../support/engine.ts";
import { must } from "../../support/suite.ts";

/** What the host has of an engine's: by its roots, its bridge and its subnet, all of its own. */
async function traces(engine: TestEngine) {
  const subnet = engine.bip.split(".").slice(0, 3).join(".");
  const lines = async (...argv: string[]) => (await command(argv)).stdout.split("\n");
  const processes = (await lines("ps", "-eo", "args")).filter((row) => row.includes(engine.execRoot));
  const mounts = (await lines("cat", "/proc/self/mounts", `/proc/${process.pid}/mounts`)).filter((row) =>
    row.includes(engine.root),
  );
  const links = await lines("ip", "-o", "link");
  const rules = await lines("iptables-save");
  return {
    processes: processes.filter((row) => !row.includes(" daemon ")),
    mounts,
    veths: links.filter((row) => row.includes(`master ${engine.bridge} `)),
    bridge: links.filter((row) => row.includes(`${engine.bridge}:`)),
    rules: rules.filter((row) => row.includes(subnet) || row.includes(engine.bridge)),
    published: rules.filter((row) => row.includes("-j DNAT") && row.includes(subnet)),
    cgroups: [
      ...new Bun.Glob("/sys/fs/cgroup/{*/,}*slipway*/*").scanSync({ onlyFiles: false, absolute: true }),
    ],
  };
}

test("containers of every kind leave nothing behind when they are removed, nor the engine when it ends", async () => {
  const engine = await TestEngine.start();
  const ok = async (...args: string[]) => must(await engine.slipway(args)).stdout.trim();
  await ok("image", "bootstrap", "busybox");
  // What the warm pool keeps ready is there before and after.
  await ok("run", "--rm", "busybox", "true");
  const settled = async (count: number) =>
    until("the pool is full again", async () => (await traces(engine)).veths.length === count).catch(
      () => {},
    );
  const before = await traces(engine);
  const data = () => [...new Bun.Glob("**").scanSync({ cwd: engine.dataRoot, onlyFiles: false })].length;
  const files = data();

  await Promise.all([
    ...Array.from({ length: 8 }, (_, index) =>
      ok("run", "-d", "--name", `c${index}`, "-p", "127.0.0.1::80", "-v", "/v", "busybox", "sleep", "1000"),
    ),
    ok("run", "-dit", "--name", "terminal", "busybox", "sh"),
    ok("run", "-d", "--name", "host", "--network", "host", "busybox", "sleep", "1000"),
    ok("run", "-d", "--name", "limited", "-m", "64m", "--pids-limit", "20", "busybox", "sleep", "1000"),
    ok("run", "-d", "--name", "again", "--restart", "always", "busybox", "false"),
    ok("create", "--name", "never", "busybox"),
    ok("run", "--rm", "-v", "/v", "busybox", "true"),
    engine.slipway(["run", "--name", "failed", "-p", "127.0.0.1::80", "busybox", "nonesuch"]),
  ]);
  await ok("exec", "c0", "true");
  await ok("exec", "-d", "c1", "sleep", "1000");
  const ids = (await ok("ps", "-aq", "--no-trunc")).split("\n");
  expect(ids).toHaveLength(14);
  await ok("rm", "-f", "-v", ...ids);
  await settled(before.veths.length);

  const after = await traces(engine);
  expect(after.processes).toEqual([]);
  expect(after.mounts).toEqual(before.mounts);
  expect(after.veths.length).toBe(before.veths.length);
  expect(after.published).toEqual([]);
  expect(after.cgroups.filter((path) => ids.some((id) => path.includes(id)))).toEqual([]);
  expect(readdirSync(join(engine.execRoot, "containers"))).toEqual([]);
  expect(await ok("volume", "ls", "-q")).toBe("");
  await until("the files of the data root are as many as before", () => data() <= files);

  expect(await engine.terminate()).toBe(0);
  const end = await traces(engine);
  expect(end).toMatchObject({ processes: [], mounts: [], veths: [], published: [] });
  await engine.dispose();
  expect(existsSync(engine.root)).toBe(false);
  expect((await traces(engine)).bridge).toEqual([]);
}, 120_000);

test("an orderly end stops the containers, and the next engine knows how they ended", async () => {
  const engine = await TestEngine.start();
  const ok = async (...args: string[]) => must(await engine.slipway(args)).stdout.trim();
  await ok("image", "bootstrap", "busybox");
  await ok(
    "run",
    "-d",
    "--name",
    "plain",
    "busybox",
    "sh",
    "-c",
    "trap 'exit 4' TERM; echo up; while :; do sleep 0.02; done",
  );
  await ok("run", "-d", "--name", "always", "--restart", "always", "busybox", "sleep", "1000");
  await ok("run", "-d", "--name", "stopped", "--restart", "unless-stopped", "busybox", "sleep", "1000");
  await ok("stop", "stopped");
  await until("it is up", async () => (await ok("logs", "plain")) === "up");
  expect(await engine.terminate()).toBe(0);
  expect((await traces(engine)).processes).toEqual([]);
  await engine.start();
  expect(await ok("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "plain")).toBe("exited 4");
  await until(
    "the one with a policy runs",
    async () => (await ok("inspect", "-f", "{{.State.Status}}", "always")) === "running",
  );
  expect(await ok("inspect", "-f", "{{.State.Status}}", "stopped")).toBe("exited");
  await engine.dispose();
});

test("with live-restore an orderly end leaves the containers running", async () => {
  const engine = await TestEngine.start({ flags: ["--live-restore"] });
  const ok = async (...args: string[]) => must(await engine.slipway(args)).stdout.trim();
  await ok("image", "bootstrap", "busybox");
  await ok("run", "-d", "--name", "alive", "busybox", "sleep", "1000");
  const pid = await ok("inspect", "-f", "{{.State.Pid}}", "alive");
  expect(await engine.terminate()).toBe(0);
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  await engine.start();
  expect(await ok("inspect", "-f", "{{.State.Status}} {{.State.Pid}}", "alive")).toBe(`running ${pid}`);
  await engine.dispose();
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});
