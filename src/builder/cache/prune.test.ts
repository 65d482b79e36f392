import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCollection } from "../../engine/config/build-collection.ts";
import { conflict } from "../../errors/index.ts";
import { idOf } from "./item.ts";
import { Pruner } from "./prune.ts";
import { CacheBench } from "./testing.ts";

/** FROM with a step on it, and another by itself. */
async function threeSteps(bench: CacheBench) {
  const [base, other] = [await bench.layer("base", [], 1000), await bench.layer("other", [], 50)];
  const top = await bench.layer("top", [base], 200);
  const from = bench.save("FROM", [base]);
  const run = bench.save("RUN top", [base, top], [from]);
  const alone = bench.save("RUN other", [other]);
  const { buildRecords } = bench.rooms;
  // Their order must not depend on the clock.
  for (const [at, key] of [from, run, alone].entries()) {
    const record = buildRecords.get(key);
    if (record !== undefined) buildRecords.put({ ...record, lastUsedAt: Date.now() - 1000 + at });
  }
  await bench.settled();
  return { base, top, other, from, run, alone };
}

test("records are listed with their sizes, ages and parents", async () => {
  await using bench = await CacheBench.open();
  const { from, run } = await threeSteps(bench);
  bench.cache.find(run);
  const usage = await bench.cache.usage({});
  const found = usage.find(({ ID }) => ID === idOf(run));
  expect(found).toMatchObject({
    Parents: [idOf(from)],
    Type: "regular",
    Description: "RUN top",
    InUse: false,
    Shared: false,
    Size: 200,
    UsageCount: 2,
  });
  expect(usage.map(({ Size }) => Size).sort()).toEqual([1000, 200, 50]);
  expect((await bench.cache.usage({ description: ["FROM"] })).map(({ ID }) => ID)).toEqual([idOf(from)]);
});

test("a prune deletes records, their layers, and says how much that was", async () => {
  await using bench = await CacheBench.open();
  await threeSteps(bench);
  const foreseen = await bench.cache.prune({ filters: {}, dryRun: true });
  expect([foreseen.CachesDeleted?.length, foreseen.SpaceReclaimed]).toEqual([3, 1250]);
  const { CachesDeleted, SpaceReclaimed } = await bench.cache.prune({ filters: {} });
  expect([CachesDeleted?.length, SpaceReclaimed]).toEqual([3, 1250]);
  expect([...bench.rooms.snapshots.walk()]).toEqual([]);
  expect(await bench.cache.usage({})).toEqual([]);
  expect(await bench.cache.prune({ filters: {} })).toEqual({ CachesDeleted: null, SpaceReclaimed: 0 });
});

test("each filter chooses", async () => {
  await using bench = await CacheBench.open();
  const { from, run, alone } = await threeSteps(bench);
  const ids = async (filters: Record<string, string[]>) =>
    (await bench.cache.usage(filters)).map(({ ID }) => ID).sort();
  const every = [from, run, alone].map(idOf).sort();
  expect(await ids({ id: [idOf(run)] })).toEqual([idOf(run)]);
  expect(await ids({ id: [`^${idOf(alone).slice(0, 10)}`] })).toEqual([idOf(alone)]);
  expect(await ids({ parent: [idOf(from)] })).toEqual([idOf(run)]);
  expect(await ids({ type: ["regular"] })).toEqual(every);
  expect(await ids({ type: ["exec.cachemount"] })).toEqual([]);
  expect(await ids({ until: ["24h"] })).toEqual([]);
  expect(await ids({ "unused-for": ["0s"] })).toEqual(every);
  expect(await ids({ inuse: ["true"] })).toEqual([]);
  expect(await ids({ shared: ["true"] })).toEqual([]);
  expect(await ids({ private: [""] })).toEqual(every);
  expect(await ids({ label: ["a=b"] })).toEqual([]);
  const wrong: [Record<string, string[]>, string][] = [
    [{ until: ["1h"], "unused-for": ["1h"] }, 'conflicting filters: "until" and "unused-for"'],
    [{ id: ["a", "b"] }, "filters expect only one value"],
    [{ colour: ["blue"] }, "invalid filter 'colour'"],
    [{ until: ["soon"] }, "invalid value for 'until' filter"],
    [{ id: ["("] }, "it is no regular expression"],
    [{ inuse: ["maybe"] }, "use true or false"],
  ];
  for (const [filters, message] of wrong)
    await expect(bench.cache.prune({ filters })).rejects.toThrow(message);
});

test("what a build holds stays, with what it lies on", async () => {
  await using bench = await CacheBench.open();
  const { top, run, base } = await threeSteps(bench);
  const lease = bench.rooms.leases.open();
  lease.chains.add(top.chainID);
  expect((await bench.cache.usage({ inuse: ["true"] })).map(({ ID }) => ID)).toEqual([idOf(run)]);
  expect((await bench.cache.prune({ filters: {} })).SpaceReclaimed).toBe(50);
  expect(bench.rooms.snapshots.has(base.chainID)).toBe(true);
  bench.rooms.leases.close(lease);
  expect((await bench.cache.prune({ filters: {} })).SpaceReclaimed).toBe(1200);
});

test("so much is kept as was said", async () => {
  await using bench = await CacheBench.open();
  await threeSteps(bench);
  expect((await bench.cache.prune({ filters: {}, reservedSpace: 5000 })).CachesDeleted).toBeNull();
  const first = await bench.cache.prune({ filters: {}, maxUsedSpace: 1100 });
  expect(first.SpaceReclaimed).toBe(200);
  expect((await bench.cache.prune({ filters: {}, minFreeSpace: 2 ** 60 })).SpaceReclaimed).toBe(1050);
});

test("directories of cache mounts are listed and deleted, but not while a step has them", async () => {
  await using bench = await CacheBench.open();
  const root = join(bench.rooms.dataRoot, "mounts");
  for (const name of ["free", "used"]) {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, "file"), Buffer.alloc(3000));
  }
  const pruner = new Pruner(bench.rooms, {
    list: () =>
      Promise.resolve(
        readdirSync(root).map((name) => ({
          ...{ name, id: `/root/${name}`, created: 1, lastUsed: 2 },
          ...{ inUse: false, path: join(root, name) },
        })),
      ),
    remove: (name) => {
      if (name === "used") return Promise.reject(conflict("in use"));
      rmSync(join(root, name), { recursive: true });
      return Promise.resolve();
    },
  });
  expect((await pruner.usage()).find(({ ID }) => ID === "free")).toMatchObject({
    Type: "exec.cachemount",
    Description: "cached mount /root/free",
    Size: 3000,
  });
  expect(await pruner.prune({ filters: {} })).toEqual({ CachesDeleted: ["free"], SpaceReclaimed: 3000 });
  expect([existsSync(join(root, "free")), existsSync(join(root, "used"))]).toEqual([false, true]);
});

test("the configured policies keep the cache small by themselves", async () => {
  await using bench = await CacheBench.open();
  const { from } = await threeSteps(bench);
  const policy = [{ filter: ["description=FROM"] }, { maxUsedSpace: "1100B", all: true }];
  const pruner = new Pruner(bench.rooms);
  const { reclaimed } = await pruner.collect(buildCollection({ Policy: policy, defaultKeepStorage: "1GB" }));
  expect(reclaimed).toBe(200);
  expect(bench.rooms.buildRecords.get(from)).toBeDefined();
  const kept = await pruner.collect(buildCollection(undefined));
  expect(kept.deleted).toEqual([]);
});
