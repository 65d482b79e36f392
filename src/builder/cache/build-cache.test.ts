import { expect, test } from "bun:test";
import { digestOf } from "../../oci/digest.ts";
import { RememberedChecksums } from "./checksums.ts";
import { CacheBench, keyOf } from "./testing.ts";

test("a step is found by its key at once, with what is known of it", async () => {
  await using bench = await CacheBench.open();
  const base = await bench.layer("base");
  const top = await bench.layer("top", [base]);
  const parent = bench.save("FROM", [base]);
  const key = bench.save("RUN make", [base, top], [parent]);
  expect(bench.cache.find(key)).toEqual([base, top]);
  expect(bench.cache.find(keyOf("other"))).toBeUndefined();
  expect(bench.rooms.buildRecords.get(key)).toMatchObject({
    description: "RUN make",
    type: "regular",
    own: 1,
    parents: [parent],
    usageCount: 2,
  });
});

test("a step without layers is one, too", async () => {
  await using bench = await CacheBench.open();
  expect(bench.cache.find(bench.save("scratch", [], [], 0))).toEqual([]);
});

test("a record whose layers are gone is forgotten", async () => {
  await using bench = await CacheBench.open();
  const layer = await bench.layer("one");
  const key = bench.save("RUN one", [layer]);
  await bench.settled();
  await bench.rooms.snapshots.remove(layer.chainID);
  expect(bench.cache.find(key)).toBeUndefined();
  expect(bench.rooms.buildRecords.all()).toEqual([]);
});

test("what a step that ran anew had made before is deleted, unless something else has it", async () => {
  await using bench = await CacheBench.open();
  const base = await bench.layer("base");
  const [first, second] = [await bench.layer("first", [base]), await bench.layer("second", [base])];
  bench.save("RUN date", [base, first]);
  await bench.settled();
  bench.save("RUN date", [base, second]);
  await bench.settled();
  const left = [base, first, second].map(({ chainID }) => bench.rooms.snapshots.has(chainID));
  expect(left).toEqual([true, false, true]);
});

test("checksums are remembered across restarts, by layer and selection", async () => {
  await using bench = await CacheBench.open();
  const checksums = new RememberedChecksums(bench.metastore);
  const [chain, digest] = [digestOf("chain"), digestOf("content")];
  checksums.set(chain, "/etc", digest);
  expect(checksums.get(chain, "/etc")).toBe(digest);
  expect([checksums.get(undefined, "/etc"), checksums.get(chain, "/usr")]).toEqual([undefined, undefined]);
  expect(new RememberedChecksums(bench.metastore).get(chain, "/etc")).toBe(digest);
});

test("no more checksums are remembered than a limit, those that were asked for last", async () => {
  await using bench = await CacheBench.open();
  const checksums = new RememberedChecksums(bench.metastore, 100);
  bench.metastore.transaction(() => {
    for (let number = 0; number < 300; number++) checksums.set(undefined, `${number}`, digestOf("content"));
  });
  expect(bench.metastore.table("build-checksums").all().length).toBeLessThanOrEqual(106);
  expect(checksums.get(undefined, "299")).toBe(digestOf("content"));
});
