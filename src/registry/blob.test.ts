import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import {
  appOf,
  bytes,
  cut,
  descriptorOf,
  digestOfAll,
  FakeRegistry,
  hang,
  json,
  ranged,
  refusal,
  signal,
} from "./testing/index.ts";

const content = randomBytes(300_000);
const layer = descriptorOf(content);
const url = `/v2/app/blobs/${layer.digest}`;
const blob = `GET ${url}`;
let fake: FakeRegistry;

beforeEach(async () => {
  fake = await FakeRegistry.start();
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
});

const read = (offset = 0) => digestOfAll(appOf(fake).blob(layer, { offset, signal }));

describe("a blob's connection that breaks", () => {
  test("is taken up again where it broke", async () => {
    const part = Promise.withResolvers<void>();
    fake.on(blob, cut(content, 100_000, part.promise), ranged(content));
    const chunks: Uint8Array[] = [];
    for await (const chunk of appOf(fake).blob(layer, { signal })) {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length === 100_000) part.resolve();
    }
    expect(descriptorOf(Buffer.concat(chunks))).toEqual(layer);
    expect(fake.asked(blob).map(({ headers }) => headers.range)).toEqual([undefined, "bytes=100000-"]);
  });

  test("is read from the start when the registry knows no ranges", async () => {
    fake.on(blob, cut(content, 100_000), bytes(200, content));
    expect(await read()).toBe(layer.digest);
  });

  test("is given up after as many attempts as there may be", async () => {
    fake.on(blob, cut(content, 0));
    await expect(read()).rejects.toMatchObject({ kind: "unavailable" });
    // fetch itself asks once more when a connection that served before is closed.
    expect(fake.asked(blob).length).toBeWithin(3, 13);
  });

  test("counts as broken when nothing comes for long", async () => {
    fake.on(
      blob,
      (response) => {
        response.writeHead(200, { "Content-Length": content.length });
        response.write(content.subarray(0, 5000));
      },
      ranged(content),
    );
    expect(await read()).toBe(layer.digest);
    expect(fake.asked(blob).at(-1)?.headers.range).toBe("bytes=5000-");
  });

  test("is not broken by a consumer that takes its time", async () => {
    fake.on(blob, ranged(content));
    const chunks: Uint8Array[] = [];
    for await (const chunk of appOf(fake).blob(layer, { signal })) {
      if (chunks.length === 0) await Bun.sleep(600);
      chunks.push(chunk);
    }
    expect(descriptorOf(Buffer.concat(chunks)).digest).toBe(layer.digest);
    expect(fake.asked(blob)).toHaveLength(1);
  });
});

describe("a registry that lies about a blob", () => {
  test.each([
    ["announces more", bytes(200, Buffer.concat([content, content])), "announces 600000 bytes"],
    ["announces less", bytes(200, content.subarray(0, 10)), "announces 10 bytes"],
    [
      "sends more than it announced",
      (response: ServerResponse) => {
        response.write(content);
        response.end(content);
      },
      "sends more than the 300000 bytes",
    ],
    [
      "ends early without a word",
      (response: ServerResponse) => {
        response.write(content.subarray(0, 7));
        response.end();
      },
      "ended",
    ],
  ])("%s", async (_what, behaviour, message) => {
    fake.on(blob, behaviour);
    await expect(read()).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(message),
    });
    expect(fake.asked(blob)).toHaveLength(1);
  });

  test("answers with another range", async () => {
    const range = { "Content-Range": `bytes 0-299999/${content.length}` };
    fake.on(blob, bytes(206, content, range));
    await expect(read(1000)).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("instead of bytes 1000-299999/300000"),
    });
  });
});

describe("a registry in trouble", () => {
  test("is asked again", async () => {
    fake.on(blob, json(500, {}), json(503, {}), ranged(content));
    expect(await read()).toBe(layer.digest);
  });

  test("is asked again after the time it asks for", async () => {
    const start = performance.now();
    const busy = refusal(429, "TOOMANYREQUESTS", "slow down", { "Retry-After": "1" });
    fake.on(blob, busy, ranged(content));
    expect(await read()).toBe(layer.digest);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  test("is not asked again when it asks for too long a time", async () => {
    fake.on(blob, refusal(429, "TOOMANYREQUESTS", "rate limit", { "Retry-After": "3600" }));
    await expect(read()).rejects.toMatchObject({
      kind: "unavailable",
      message: "toomanyrequests: rate limit",
    });
    expect(fake.asked(blob)).toHaveLength(1);
  });

  test("that never answers is given up", async () => {
    fake.on(blob, hang);
    await expect(read()).rejects.toMatchObject({
      kind: "unavailable",
      message: `${fake.host} sent nothing for 0.4 s`,
    });
    expect(fake.asked(blob)).toHaveLength(2);
  });

  test("says no once", async () => {
    fake.on(blob, refusal(404, "BLOB_UNKNOWN", "blob unknown to registry"));
    await expect(read()).rejects.toMatchObject({
      kind: "notFound",
      message: "blob unknown: blob unknown to registry",
    });
    expect(fake.asked(blob)).toHaveLength(1);
  });

  test("that cannot be reached is an error that names it", async () => {
    const { host } = fake;
    const app = appOf(fake);
    await fake[Symbol.asyncDispose]();
    await expect(digestOfAll(app.blob(layer, { signal }))).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining(`${host} cannot be reached: connection refused`),
    });
    fake = await FakeRegistry.start();
  });
});

test("a requester that gives up ends the waiting, too", async () => {
  fake.on(blob, hang);
  const controller = new AbortController();
  const reading = digestOfAll(appOf(fake).blob(layer, { signal: controller.signal }));
  while (fake.asked(blob).length === 0) await Bun.sleep(1);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ kind: "cancelled" });
});
