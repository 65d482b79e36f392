import { afterAll, afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Metastore } from "../metastore/index.ts";
import { removeScratch, scratchDirectory } from "../os/testing.ts";
import type { VolumeRecord } from "./model.ts";
import { Volumes } from "./volumes.ts";

afterAll(removeScratch);

const scratch = scratchDirectory("volumes");
let opened = 0;
const metastores: Metastore[] = [];

function volumes(): Volumes {
  const place = join(scratch, `${++opened}`);
  const metastore = Metastore.open(`${place}.db`);
  metastores.push(metastore);
  return Volumes.open({
    root: join(place, "volumes"),
    references: metastore.table<VolumeRecord>("volumes"),
    plugins: { sockets: [], specs: [] },
  });
}

afterEach(() => {
  for (const metastore of metastores.splice(0)) metastore.close();
});
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const rename = (store: Volumes, name: string, to: string, knowing: string[] = []) =>
  store.rename({ name, to, labels: {} }, knowing, (move) => move());

test("a name that is being given to a volume is nobody else's meanwhile", async () => {
  const store = volumes();
  await store.create({ name: "from" });
  await store.create({ name: "other" });
  const outcomes = await Promise.allSettled([rename(store, "from", "to"), rename(store, "other", "to")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect((outcomes[1] as PromiseRejectedResult).reason.kind).toBe("conflict");
  expect(store.list().map(({ name }) => name)).toEqual(["other", "to"]);
});

test("a name is refused with what was to be done and why", async () => {
  const refusal = await volumes()
    .create({ name: "a/b" })
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: "invalid" });
  expect((refusal as Error).message).toStartWith('create a/b: "a/b" includes invalid characters');
});

test("who has a volume mounted keeps it through a rename when it can be told, and forbids it otherwise", async () => {
  const store = volumes();
  await store.create({ name: "from" });
  await store.mount("from", "container");
  await expect(rename(store, "from", "to")).rejects.toMatchObject({ kind: "conflict" });
  await rename(store, "from", "to", ["container"]);
  expect(store.mountedBy("container")).toEqual(["to"]);
  await expect(store.remove("to")).rejects.toMatchObject({ kind: "conflict" });
  await store.unmount("to", "container");
  await store.remove("to");
});

test("of two that make a volume of one name, the second learns it, and neither waits for the other's files", async () => {
  const store = volumes();
  const gate = Promise.withResolvers<void>();
  const slow = store.createFrom({ name: "to", labels: {} }, () => gate.promise);
  await store.create({ name: "to", labels: { quick: "" } });
  gate.resolve();
  await expect(slow).rejects.toMatchObject({ kind: "conflict" });
  expect(store.get("to").labels).toEqual({ quick: "" });
});

test("the last use is noted, kept for the next engine, and moves with the volume", async () => {
  const store = volumes();
  await store.create({ name: "from" });
  expect(store.lastUsed("from")).toBeUndefined();
  store.noteUse("from");
  const used = store.lastUsed("from") ?? "";
  expect(Math.abs(Date.parse(used) - Date.now())).toBeLessThan(5000);
  await rename(store, "from", "to");
  const root = dirname(dirname(store.path("to")));
  const again = Volumes.open({ root, references: metastores[0]!.table<VolumeRecord>("volumes") });
  expect(again.lastUsed("to")).toBe(used);
});
