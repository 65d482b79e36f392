import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../../oci/digest.ts";
import { idle, stored, type TestRooms, testRooms } from "../../image/testing.ts";
import { LocalOffer } from "./index.ts";

let rooms: TestRooms;
let offer: LocalOffer;
beforeEach(async () => {
  rooms = await testRooms();
  offer = new LocalOffer(rooms, { prefixes: ["team", "registry.example:5000/"], writable: true });
});
afterEach(async () => {
  jest.useRealTimers();
  await offer[Symbol.asyncDispose]();
  await rooms[Symbol.asyncDispose]();
});

async function* bytes(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
async function bring(repository: string, text: string): Promise<void> {
  const upload = await offer.beginUpload(repository);
  await upload.append(bytes(text), idle);
  await upload.finish(digestOf(text));
}
const uploads = () => readdirSync(join(rooms.dataRoot, "content", "ingest"));

test("prefixes say what is offered", () => {
  const standings = ["team", "team/app", "teams", "registry.example_5000/app", "other", "Team"].map((name) =>
    offer.standing(name),
  );
  expect(standings).toEqual(["offered", "offered", "withheld", "offered", "withheld", "malformed"]);
  expect(() => new LocalOffer(rooms, { prefixes: ["a:b"], writable: false })).toThrow('invalid prefix "a:b"');
});

test("a blob waits an hour for a manifest, in its repository alone", async () => {
  jest.useFakeTimers();
  await bring("team/app", "hello");
  const digest = digestOf("hello");
  expect(await offer.blob("team/app", digest)).toEqual({ path: rooms.content.path(digest), size: 5 });
  expect(await offer.blob("team/other", digest)).toBeUndefined();
  expect(await offer.mountBlob("team/other", digest, "withheld")).toBe(false);
  expect(await offer.mountBlob("team/other", digest, "team/app")).toBe(true);
  expect(rooms.leases.holdsBlob(digest)).toBe(true);
  expect(await offer.deleteBlob("team/app", digest)).toBe(true);
  expect(await rooms.content.has(digest)).toBe(true);
  jest.setSystemTime(Date.now() + 3_600_001);
  await (await offer.beginUpload("team/app")).cancel();
  expect(await stored(rooms)).toMatchObject({ blobs: 0 });
  expect(rooms.leases.oldest).toBeUndefined();
});

test("an upload that nothing comes for is given up after an hour", async () => {
  jest.useFakeTimers();
  const upload = await offer.beginUpload("team/app");
  await upload.append(bytes("hel"), idle);
  expect(offer.upload("team/app", upload.id)?.size).toBe(3);
  expect(rooms.leases.oldest).toBeNumber();
  expect(offer.upload("team/other", upload.id)).toBeUndefined();
  jest.setSystemTime(Date.now() + 3_600_001);
  const next = await offer.beginUpload("team/app");
  expect(offer.upload("team/app", upload.id)).toBeUndefined();
  expect(uploads()).toHaveLength(1);
  await next.cancel();
  expect(uploads()).toEqual([]);
});

test("what came of a piece that broke off is kept, and another can follow", async () => {
  const upload = await offer.beginUpload("team/app");
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("hel");
    throw new Error("cut");
  }
  await expect(upload.append(broken(), idle)).rejects.toThrow("cut");
  expect(upload.size).toBe(3);
  await upload.append(bytes("l", "o"), idle);
  await upload.finish(digestOf("hello"));
  expect((await offer.blob("team/app", digestOf("hello")))?.size).toBe(5);
});

test("pieces come one at a time", async () => {
  const upload = await offer.beginUpload("team/app");
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = upload.append(
    (async function* () {
      await promise;
      yield Buffer.from("hello");
    })(),
    idle,
  );
  await expect(upload.append(bytes("x"), idle)).rejects.toMatchObject({ kind: "conflict" });
  await expect(upload.finish(digestOf("hello"))).rejects.toMatchObject({ kind: "conflict" });
  resolve();
  await first;
  await upload.finish(digestOf("hello"));
});

test("the number of uploads is limited", async () => {
  const all = await Promise.all(Array.from({ length: 128 }, () => offer.beginUpload("team/app")));
  await expect(offer.beginUpload("team/app")).rejects.toMatchObject({ kind: "exhausted" });
  await all[0]?.cancel();
  await (await offer.beginUpload("team/app")).cancel();
});

test("its end takes uploads and waiting blobs away", async () => {
  await bring("team/app", "hello");
  await offer.beginUpload("team/app");
  await offer[Symbol.asyncDispose]();
  expect(uploads()).toEqual([]);
  expect(await stored(rooms)).toMatchObject({ blobs: 0 });
  expect(rooms.leases.oldest).toBeUndefined();
});
