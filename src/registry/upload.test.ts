import { afterEach, beforeEach, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { digestOf } from "../oci/digest.ts";
import {
  appOf,
  type Behaviour,
  bytes,
  descriptorOf,
  FakeRegistry,
  json,
  refusal,
  signal,
} from "./testing/index.ts";

const content = randomBytes(300_000);
const layer = descriptorOf(content);
const uploads = "/v2/app/blobs/uploads/";
const begin = `POST ${uploads}`;
let fake: FakeRegistry;

beforeEach(async () => {
  fake = await FakeRegistry.start({ cutBodyAfter: 100_000 });
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
});

const accepted = (location: string): Behaviour => bytes(202, "", { Location: location });
const created = bytes(201, "", { "Docker-Content-Digest": layer.digest });
const status = (range: string, location = `${uploads}1?state=b`): Behaviour => {
  return (response) => void response.writeHead(204, { Range: range, Location: location }).end();
};

async function* open(offset: number): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < content.length; at += 10_000) yield content.subarray(at, at + 10_000);
}
const send = (onProgress?: (sent: number) => void) =>
  appOf(fake).uploadBlob(layer, open, onProgress === undefined ? { signal } : { signal, onProgress });

async function uncut(): Promise<void> {
  await fake[Symbol.asyncDispose]();
  fake = await FakeRegistry.start();
}

test("a blob is sent whole, with its length, to where the registry says", async () => {
  await uncut();
  fake.on(begin, accepted("/elsewhere/1?state=a%2Fb==&x"));
  fake.on("PUT /elsewhere/1", created);
  const progress: number[] = [];
  await send((sent) => progress.push(sent));
  const [put] = fake.asked("PUT /elsewhere/1");
  expect(put?.path).toBe(`/elsewhere/1?state=a%2Fb==&x&digest=${encodeURIComponent(layer.digest)}`);
  expect(put?.headers["content-length"]).toBe(String(content.length));
  expect(put?.headers["transfer-encoding"]).toBeUndefined();
  expect(digestOf(put?.body ?? "")).toBe(layer.digest);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(content.length);
});

test("an upload that is cut goes on with what the registry lacks", async () => {
  fake.on(begin, accepted(`${uploads}1?state=a`));
  fake.on(`PUT ${uploads}1`, created);
  fake.on(`GET ${uploads}1`, status("0-49999"));
  fake.on(`PATCH ${uploads}1`, accepted(`${uploads}1?state=c`));
  await send();
  const [patch] = fake.asked(`PATCH ${uploads}1`);
  expect(patch?.path).toBe(`${uploads}1?state=b`);
  expect(patch?.headers["content-range"]).toBe("50000-299999");
  expect(patch?.headers["content-length"]).toBe("250000");
  expect(patch?.body).toEqual(content.subarray(50_000));
  const last = fake.asked(`PUT ${uploads}1`).at(-1);
  expect(last?.path).toContain("?state=c&digest=sha256");
  expect(last?.body).toHaveLength(0);
});

test("an upload that the registry has forgotten begins anew", async () => {
  fake.on(begin, accepted(`${uploads}1`), accepted(`${uploads}2`));
  fake.on(`PUT ${uploads}2`, created);
  await send();
  expect(fake.asked(`GET ${uploads}1`)).toHaveLength(1);
  expect(digestOf(fake.asked(`PUT ${uploads}2`)[0]?.body ?? "")).toBe(layer.digest);
});

test("a registry in trouble gets the blob again, one that refuses does not", async () => {
  await uncut();
  fake.on(begin, accepted(`${uploads}1`));
  fake.on(`PUT ${uploads}1`, json(500, {}), created);
  fake.on(`GET ${uploads}1`, status("0-0", `${uploads}1`));
  await send();
  expect(fake.asked(`PUT ${uploads}1`)).toHaveLength(2);

  fake.on(`PUT ${uploads}1`, refusal(400, "SIZE_INVALID", "too long"));
  await expect(send()).rejects.toMatchObject({ kind: "invalid", message: "size invalid: too long" });
  expect(fake.asked(`PUT ${uploads}1`)).toHaveLength(3);
});

test("a registry that is in trouble for good is given up", async () => {
  await uncut();
  fake.on(begin, json(503, {}));
  await expect(send()).rejects.toMatchObject({ kind: "unavailable" });
  expect(fake.asked(begin)).toHaveLength(3);
  fake.on(begin, accepted(`${uploads}1`)).on(`PUT ${uploads}1`, json(503, {}));
  await expect(send()).rejects.toMatchObject({ kind: "unavailable" });
  expect(fake.asked(`PUT ${uploads}1`)).toHaveLength(3);
});

test("what a mount began is used for the upload", async () => {
  await uncut();
  fake.on(begin, accepted(`${uploads}mounted`));
  fake.on(`PUT ${uploads}mounted`, created);
  const app = appOf(fake);
  expect(await app.mountBlob(layer.digest, "team/base", signal)).toBe(false);
  await app.uploadBlob(layer, open, { signal });
  expect(fake.asked(begin).map(({ path }) => path)).toEqual([
    `${uploads}?mount=${encodeURIComponent(layer.digest)}&from=team%2Fbase`,
  ]);
});

test("a source that fails is the failure", async () => {
  await uncut();
  fake.on(begin, accepted(`${uploads}1`));
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield content.subarray(0, 10);
    throw new RangeError("the disk is gone");
  }
  await expect(appOf(fake).uploadBlob(layer, broken, { signal })).rejects.toThrow("the disk is gone");
  const short = () => open(10_000);
  await expect(appOf(fake).uploadBlob(layer, short, { signal })).rejects.toMatchObject({
    kind: "system",
    message: "a blob of 300000 bytes ended after 290000",
  });
});

test("a blob that is stored as another is refused", async () => {
  await uncut();
  fake.on(begin, accepted(`${uploads}1`));
  fake.on(`PUT ${uploads}1`, bytes(201, "", { "Docker-Content-Digest": digestOf("other") }));
  await expect(send()).rejects.toMatchObject({ kind: "invalid" });
});

test("an upload is cancelled with its requester", async () => {
  await uncut();
  fake.on(begin, accepted(`${uploads}1`));
  const controller = new AbortController();
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield content.subarray(0, 10);
    controller.abort();
    yield content.subarray(10);
  }
  const sending = appOf(fake).uploadBlob(layer, endless, { signal: controller.signal });
  await expect(sending).rejects.toMatchObject({ kind: "cancelled" });
});
