import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Metastore } from "../../metastore/index.ts";
import { chainIDs, type Digest, digestOf } from "../../oci/digest.ts";
import { Snapshotter } from "../../snapshots/index.ts";
import type { BuildRecord } from "./build-records.ts";
import { collect, collectGarbage } from "./garbage.ts";
import { openHolders } from "./layer-holders.ts";
import { Leases } from "./leases.ts";
import { type TestRooms, testRooms } from "./testing.ts";

/** A layer as a step leaves it: committed, maybe not written yet. */
async function makeLayer({ snapshots, pending }: TestRooms, name: string, below: readonly Digest[] = []) {
  const key = `build-${name}`;
  const chainID = chainIDs([...below, digestOf(name)]).at(-1) as Digest;
  await snapshots.prepare(key, below.length === 0 ? undefined : chainIDs(below).at(-1));
  writeFileSync(join(snapshots.directory(key), name), name);
  await pending.commit(key, chainID, { size: name.length, inodes: 2 });
  return { diffID: digestOf(name), chainID, size: name.length, created: new Date(0).toISOString() };
}

function recordOf(name: string, layers: BuildRecord["layers"]): BuildRecord {
  const times = { createdAt: 1, lastUsedAt: 1, usageCount: 0 };
  return {
    key: digestOf(`key ${name}`),
    layers,
    own: 1,
    made: true,
    description: name,
    type: "regular",
    parents: [],
    ...times,
  };
}

/** What an engine finds that is started now, while this one goes on: as after a SIGKILL. */
async function afterKill({ dataRoot }: TestRooms) {
  const snapshots = await Snapshotter.open(join(dataRoot, "snapshots"));
  const metastore = Metastore.open(join(dataRoot, "state.db"));
  const records = openHolders(dataRoot, snapshots, metastore).buildRecords.all();
  metastore.close();
  return { snapshots, records };
}

test("a record counts at once, and is on the disk together with its layers", async () => {
  await using rooms = await testRooms();
  const layer = await makeLayer(rooms, "one");
  const record = recordOf("one", [layer]);
  rooms.buildRecords.put(record);
  expect(rooms.buildRecords.get(record.key)).toEqual(record);
  await rooms.buildRecords.saved();
  const next = await afterKill(rooms);
  expect(next.records).toEqual([record]);
  expect(next.snapshots.stat(layer.chainID)).toMatchObject({ kind: "committed", usage: { size: 3 } });
});

test("killed at any moment, no record names a layer that is not there, and unfinished steps are removed", async () => {
  await using rooms = await testRooms();
  const seen: number[] = [];
  const { flushes } = rooms;
  const complete = flushes.complete.bind(flushes);
  const look = async () => {
    const { snapshots, records } = await afterKill(rooms);
    for (const { layers } of records)
      for (const { chainID } of layers) expect(snapshots.stat(chainID).kind).toBe("committed");
    seen.push(records.length);
  };
  flushes.complete = async (...work) => {
    await look();
    await complete(...work);
    await look();
  };
  const below: Digest[] = [];
  const layers: BuildRecord["layers"][number][] = [];
  for (const name of ["a", "b", "c", "d"]) {
    const layer = await makeLayer(rooms, name, below);
    below.push(layer.diffID);
    layers.push(layer);
    rooms.buildRecords.put(recordOf(name, [...layers]));
    await look();
  }
  await rooms.buildRecords.saved();
  await look();
  expect([seen[0], seen.at(-1)]).toEqual([0, 4]);
});

test("what a killed engine's steps wrote to is removed at the next start, what this one's write to stays", async () => {
  await using rooms = await testRooms();
  await rooms.snapshots.prepare("build-old");
  const next = { ...rooms, leases: Object.assign(new Leases(), { began: Date.now() + 1 }) };
  await collectGarbage(rooms);
  expect(rooms.snapshots.has("build-old")).toBe(true);
  await collectGarbage(next);
  expect(rooms.snapshots.has("build-old")).toBe(false);
});

test("layers of records are not collected, others are", async () => {
  await using rooms = await testRooms();
  const kept = await makeLayer(rooms, "kept");
  const free = await makeLayer(rooms, "free");
  await rooms.pending.written([kept.chainID, free.chainID]);
  const record = recordOf("kept", [kept]);
  rooms.buildRecords.put(record);
  await collectGarbage(rooms);
  expect([rooms.snapshots.has(kept.chainID), rooms.snapshots.has(free.chainID)]).toEqual([true, false]);
  rooms.buildRecords.delete([record.key]);
  await collect(rooms, { blobs: [], chains: [kept.chainID] });
  expect([...rooms.snapshots.walk()]).toEqual([]);
  expect(rooms.buildRecords.all()).toEqual([]);
});

test("a layer that is replaced in its record is free, and a record that goes while it is saved stays away", async () => {
  await using rooms = await testRooms();
  const [one, two] = [await makeLayer(rooms, "one"), await makeLayer(rooms, "two")];
  const record = recordOf("step", [one]);
  rooms.buildRecords.put(record);
  expect(rooms.buildRecords.put({ ...record, layers: [two] })).toEqual(record);
  await rooms.pending.written([one.chainID, two.chainID]);
  const held = [one, two].map(({ chainID }) => rooms.leases.holdsLayer(chainID));
  expect(held).toEqual([false, true]);
  rooms.buildRecords.delete([record.key]);
  await rooms.buildRecords.saved();
  expect((await afterKill(rooms)).records).toEqual([]);
});

test("uses are counted, and saved with what comes next", async () => {
  await using rooms = await testRooms();
  const layer = await makeLayer(rooms, "one");
  const record = recordOf("one", [layer]);
  rooms.buildRecords.put(record);
  await rooms.buildRecords.saved();
  rooms.buildRecords.used(record);
  expect(rooms.buildRecords.all()).toMatchObject([{ usageCount: 1 }]);
  await rooms.buildRecords.saved();
  const [saved] = (await afterKill(rooms)).records;
  expect(saved?.usageCount).toBe(1);
  expect(saved?.lastUsedAt).toBeGreaterThan(1);
});

test("a failed flush is told to who waits, and made up for later", async () => {
  await using rooms = await testRooms();
  const { flushes } = rooms;
  const complete = flushes.complete.bind(flushes);
  flushes.complete = () => Promise.reject(new Error("EIO"));
  const layer = await makeLayer(rooms, "one");
  await expect(rooms.pending.written([layer.chainID])).rejects.toThrow("EIO");
  rooms.buildRecords.put(recordOf("one", [layer]));
  await expect(rooms.buildRecords.saved()).rejects.toThrow("EIO");
  expect((await afterKill(rooms)).records).toEqual([]);
  flushes.complete = complete;
  await rooms.buildRecords.saved();
  expect((await afterKill(rooms)).records).toHaveLength(1);
});
