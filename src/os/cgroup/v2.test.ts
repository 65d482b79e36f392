import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { detectCgroups } from "./index.ts";
import { leafName } from "./manager.ts";
import { CgroupV2 } from "./v2.ts";

/** The unified hierarchy can be mounted on every host, even if its controllers are in use in version 1. */
let root: string;
let cgroups: CgroupV2;
const group = `/slipway-test-${crypto.randomUUID()}`;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-cgroup-"));
  expect(Bun.spawnSync(["mount", "-t", "cgroup2", "cgroup2", root]).exitCode).toBe(0);
  cgroups = new CgroupV2(root);
});

afterAll(() => {
  Bun.spawnSync(["umount", root]);
  rmdirSync(root);
});

function startInGroup() {
  const leaf = `${root}${group}/${leafName}`;
  mkdirSync(leaf, { recursive: true });
  const child = Bun.spawn(["sh", "-c", "while :; do sleep 0.01; done"]);
  writeFileSync(`${leaf}/cgroup.procs`, String(child.pid));
  return child;
}

test("is told from version 1", () => {
  expect(detectCgroups(root).version).toBe(2);
});

test("freezes, thaws, counts and kills", async () => {
  const child = startInGroup();
  expect(cgroups.pids(group)).toContain(child.pid);
  await cgroups.freeze(group);
  expect(cgroups.isFrozen(group)).toBe(true);
  await cgroups.thaw(group);
  expect(cgroups.isFrozen(group)).toBe(false);
  const stats = cgroups.stats(group);
  expect(stats?.cpu.usage).toBeGreaterThan(0);
  await cgroups.freeze(group);
  await cgroups.killAll(group);
  expect(await child.exited).toBe(137);
  expect(cgroups.pids(group)).toEqual([]);
  rmdirSync(`${root}${group}/${leafName}`);
  expect(cgroups.stats(group)).toBeUndefined();
  expect(cgroups.usage(group)?.cpuNanoseconds).toBeGreaterThanOrEqual(stats?.cpu.usage ?? 0);
  await cgroups.remove(group);
  expect(cgroups.usage(group)).toBeUndefined();
});

test("says that a container without a group is not running", async () => {
  await expect(cgroups.freeze("/slipway-test-nothing")).rejects.toThrow("is not running");
  await cgroups.remove("/slipway-test-nothing");
});
