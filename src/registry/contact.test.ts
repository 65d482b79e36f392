import { afterEach, beforeEach, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { parseReference } from "../oci/reference.ts";
import { Registries, type RegistrySettings, type Repository } from "./index.ts";
import {
  descriptorOf,
  digestOfAll,
  FakeRegistry,
  json,
  plainSettings,
  quick,
  ranged,
  signal,
} from "./testing/index.ts";

const content = randomBytes(1000);
const layer = descriptorOf(content);
const blob = `/v2/app/blobs/${layer.digest}`;
let fake: FakeRegistry;

beforeEach(async () => {
  fake = await FakeRegistry.start();
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
});

/** Whoever waits between attempts waits for longer than a test may take. */
function impatient(host: string, settings: Partial<RegistrySettings> = {}): Repository {
  const registries = new Registries({ ...plainSettings, ...settings }, { ...quick, backOff: 3_600_000 });
  return registries.repository(parseReference(`${host}/app`));
}

test("a refused connection is told at once", async () => {
  const { host } = fake;
  await fake[Symbol.asyncDispose]();
  const refused = {
    kind: "unavailable",
    message: expect.stringContaining(`${host} cannot be reached: connection refused`),
  };
  await expect(impatient(host).manifest("1", signal)).rejects.toMatchObject(refused);
  const strict = { rules: { [host]: { insecure: false } } };
  await expect(impatient(host, strict).manifest("1", signal)).rejects.toMatchObject(refused);
  fake = await FakeRegistry.start();
});

test("a host that gives no connection is given up after the time for one, and not tried again", async () => {
  const sockets: Socket[] = [];
  const silent: Server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
  const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const strict = { rules: { [host]: { insecure: false } } };
  await expect(impatient(host, strict).manifest("1", signal)).rejects.toMatchObject({
    kind: "unavailable",
    message: `${host} cannot be reached: no answer within 0.4 s`,
  });
  for (const socket of sockets) socket.destroy();
  await new Promise((closed) => silent.close(closed));
});

test("what has answered may be away for a moment", async () => {
  const { port } = fake;
  fake.on(`HEAD ${blob}`, json(200, {}));
  const patient = new Registries(plainSettings, { ...quick, attempts: 6, backOff: 100 });
  const repository = patient.repository(parseReference(`${fake.host}/app`));
  expect(await repository.hasBlob(layer.digest, signal)).toBe(true);
  await fake[Symbol.asyncDispose]();
  const reading = digestOfAll(repository.blob(layer, { signal }));
  fake = await FakeRegistry.start({ port });
  fake.on(`GET ${blob}`, ranged(content));
  expect(await reading).toBe(layer.digest);
});

test("what answered lately is not tried out again", async () => {
  fake.on(`HEAD ${blob}`, json(200, {}));
  const registries = new Registries(plainSettings, quick);
  const reference = parseReference(`${fake.host}/app`);
  for (let time = 0; time < 3; time++)
    expect(await registries.repository(reference).hasBlob(layer.digest, signal)).toBe(true);
  expect(fake.asked("GET /v2/")).toHaveLength(1);
  expect(fake.asked(`HEAD ${blob}`)).toHaveLength(3);
});
