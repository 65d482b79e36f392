import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../oci/digest.ts";
import { ContentStore } from "./index.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync("/tmp/slipway-content-");
});
afterEach(() => rmSync(root, { recursive: true }));

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test("what is taken in can be read, listed and deleted", async () => {
  const store = new ContentStore(root);
  const digest = digestOf("hello");
  const info = await store.ingest(chunks("hel", "lo"), { digest, size: 5 });
  expect(info).toMatchObject({ digest, size: 5 });
  expect(await store.has(digest)).toBe(true);
  expect((await store.readSmall(digest, 5)).toString()).toBe("hello");
  await expect(store.readSmall(digest, 4)).rejects.toMatchObject({ kind: "invalid" });
  expect((await Array.fromAsync(store.walk())).map((blob) => blob.digest)).toEqual([digest]);
  await store.delete(digest);
  await store.delete(digest);
  expect(await store.has(digest)).toBe(false);
  await expect(store.info(digest)).rejects.toMatchObject({ kind: "notFound" });
});

test("nothing wrong becomes visible, and nothing is left of it", async () => {
  const store = new ContentStore(root);
  const digest = digestOf("other");
  await expect(store.ingest(chunks("hello"), { digest })).rejects.toMatchObject({ kind: "invalid" });
  await expect(store.ingest(chunks("hello"), { size: 4 })).rejects.toMatchObject({ kind: "invalid" });
  await expect(store.ingest(chunks("hello"), { size: 6 })).rejects.toMatchObject({ kind: "invalid" });
  await expect(store.ingest(chunks("hello"), {}, { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(readdirSync(join(root, "ingest"))).toEqual([]);
  expect(await Array.fromAsync(store.walk())).toEqual([]);
});

test("whoever follows a blob that grows finds its bytes", async () => {
  const store = new ContentStore(root);
  const whole = crypto.getRandomValues(Buffer.alloc(5_000_000));
  async function* pieces() {
    for (let at = 0; at < whole.length; at += 60_000) yield whole.subarray(at, at + 60_000);
  }
  const told: number[] = [];
  const onGrowth = (path: string, size: number) => {
    expect(statSync(path).size).toBeGreaterThanOrEqual(size);
    told.push(size);
  };
  const { digest } = await store.ingest(pieces(), { size: whole.length }, { onGrowth, sync: false });
  expect(digest).toBe(digestOf(whole));
  expect(digestOf(readFileSync(store.path(digest)))).toBe(digest);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(whole.length);
});

test("the same blob from several sides at once is one blob", async () => {
  const store = new ContentStore(root);
  const all = await Promise.all(Array.from({ length: 5 }, () => store.ingest(chunks("a", "b"))));
  expect(new Set(all.map(({ digest }) => digest))).toEqual(new Set([digestOf("ab")]));
  expect(await Array.fromAsync(store.walk())).toHaveLength(1);
});

test("a file on the disk is adopted under a further name", async () => {
  const store = new ContentStore(root);
  const path = join(root, "file");
  writeFileSync(path, "content");
  await expect(store.adopt(path, { digest: digestOf("x") })).rejects.toMatchObject({ kind: "invalid" });
  const { digest } = await store.adopt(path);
  await store.adopt(path);
  rmSync(path);
  expect((await store.readSmall(digest, 10)).toString()).toBe("content");
});

test("opening clears what an interrupted ingest left", () => {
  new ContentStore(root);
  const leftover = join(root, "ingest", "1-1");
  writeFileSync(leftover, "half");
  new ContentStore(root);
  expect(existsSync(leftover)).toBe(false);
});

test("a fetch goes on where an earlier one broke", async () => {
  const whole = crypto.getRandomValues(Buffer.alloc(3_000_000));
  const expected = { digest: digestOf(whole), size: whole.length };
  const offsets: number[] = [];
  const from = (end: number) =>
    async function* (offset: number) {
      offsets.push(offset);
      for (let at = offset; at < end; at += 50_000) yield whole.subarray(at, Math.min(at + 50_000, end));
      if (end < whole.length) throw new Error("cut");
    };
  await expect(new ContentStore(root).fetch(expected, from(1_000_000))).rejects.toThrow("cut");
  // Another engine opens the store after the first was killed.
  const store = new ContentStore(root);
  expect(await store.fetched(expected.digest)).toBe(1_000_000);
  const grown: number[] = [];
  await store.fetch(expected, from(whole.length), { onGrowth: (_path, size) => grown.push(size) });
  expect(offsets).toEqual([0, 1_000_000]);
  expect([grown.at(0), grown.at(-1)]).toEqual([1_000_000, whole.length]);
  expect(await store.has(expected.digest)).toBe(false);
  await store.publish(expected.digest);
  await store.publish(expected.digest);
  expect(digestOf(readFileSync(store.path(expected.digest)))).toBe(expected.digest);
  expect(await store.fetched(expected.digest)).toBe(0);
  expect(readdirSync(join(root, "ingest"))).toEqual([]);
});

test("wrong bytes of an earlier fetch are thrown away, so that the next begins anew", async () => {
  const store = new ContentStore(root);
  const expected = { digest: digestOf("hello"), size: 5 };
  async function* broken() {
    yield Buffer.from("hex");
    throw new Error("cut");
  }
  await expect(store.fetch(expected, broken)).rejects.toThrow("cut");
  const rest = (offset: number) => chunks("hello".slice(offset));
  await expect(store.fetch(expected, rest)).rejects.toMatchObject({ kind: "invalid" });
  await store.fetch(expected, rest);
  await store.publish(expected.digest);
  expect(await store.info(expected.digest)).toMatchObject(expected);
});

test("a blob is fetched by one at a time, and one that is longer than announced is refused", async () => {
  const store = new ContentStore(root);
  const expected = { digest: digestOf("hello"), size: 5 };
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = store.fetch(expected, async function* () {
    await promise;
    yield Buffer.from("hello world");
  });
  await expect(store.fetch(expected, () => chunks("hello"))).rejects.toMatchObject({ kind: "conflict" });
  resolve();
  await expect(first).rejects.toMatchObject({ kind: "invalid" });
  expect(await store.fetched(expected.digest)).toBe(0);
  expect(await store.has(expected.digest)).toBe(false);
});
