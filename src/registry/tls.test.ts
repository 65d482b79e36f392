import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReference } from "../oci/reference.ts";
import { Registries, type RegistrySettings } from "./index.ts";
import { makeCertificates, type TestCertificates, writeCertificates } from "./testing/certificates.ts";
import {
  appOf,
  bytes,
  descriptorOf,
  digestOfAll,
  FakeRegistry,
  plainSettings,
  quick,
  signal,
} from "./testing/index.ts";

const content = Buffer.from("a layer");
const layer = descriptorOf(content);
const blob = `GET /v2/app/blobs/${layer.digest}`;
let directory: string;
let made: TestCertificates;
let fake: FakeRegistry;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "slipway-certificates-"));
  made = await makeCertificates(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(async () => {
  fake = await FakeRegistry.start({ tls: made.server });
  fake.on(blob, bytes(200, content));
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
});

async function* one(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}

/** Loopback may be insecure; that is taken back, so that certificates count. */
const strict = (): Partial<RegistrySettings> => ({
  rules: { [fake.host]: { insecure: false } },
  certificates: [directory],
});
const read = (settings: Partial<RegistrySettings>) =>
  digestOfAll(appOf(fake, {}, settings).blob(layer, { signal }));

describe("a registry with TLS", () => {
  test("that nobody vouches for is not trusted, with a word on what to do", async () => {
    await expect(read(strict())).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining(`/etc/docker/certs.d/${fake.host}/ca.crt`),
    });
    expect(fake.seen).toHaveLength(0);
  });

  test("is trusted when its directory has the authority", async () => {
    writeCertificates(directory, fake.host, { "ca.crt": made.ca });
    expect(await read(strict())).toBe(layer.digest);
  });

  test("is shown the client's certificate", async () => {
    await fake[Symbol.asyncDispose]();
    fake = await FakeRegistry.start({ tls: { ...made.server, ca: made.ca } });
    fake.on(blob, bytes(200, content));
    writeCertificates(directory, fake.host, { "ca.crt": made.ca });
    await expect(read(strict())).rejects.toMatchObject({ kind: "unavailable" });
    expect(fake.seen).toHaveLength(0);
    const { cert, key } = made.client;
    writeCertificates(directory, fake.host, { "ca.crt": made.ca, "client.cert": cert, "client.key": key });
    expect(await read(strict())).toBe(layer.digest);
  });

  test("is not asked with half a pair of certificate and key", async () => {
    writeCertificates(directory, fake.host, { "ca.crt": made.ca, "client.cert": made.client.cert });
    await expect(read(strict())).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("client.key is missing"),
    });
  });

  test("needs nobody's word when it may be insecure", async () => {
    expect(await read({})).toBe(layer.digest);
  });

  test("behind a proxy that ends TLS may call itself by http: what goes on does so by https", async () => {
    writeCertificates(directory, fake.host, { "ca.crt": made.ca });
    fake.on(
      "POST /v2/app/blobs/uploads/",
      bytes(202, "", { Location: `http://${fake.host}/upload?state=x` }),
    );
    fake.on("PUT /upload", bytes(201, ""));
    const upload = (settings: Partial<RegistrySettings>) =>
      appOf(fake, {}, settings).uploadBlob(layer, () => one(content), { signal });
    await upload(strict());
    expect(fake.asked("PUT /upload")[0]?.body).toEqual(content);
    fake.on("POST /v2/app/blobs/uploads/", bytes(202, "", { Location: "http://192.0.2.1/upload" }));
    await expect(upload(strict())).rejects.toMatchObject({ kind: "forbidden" });
  });

  test("does not redirect to http", async () => {
    writeCertificates(directory, fake.host, { "ca.crt": made.ca });
    fake.on(blob, bytes(307, "", { Location: "http://192.0.2.1/blob" }));
    await expect(read(strict())).rejects.toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("from https to http://192.0.2.1"),
    });
  });
});

test("a registry without TLS is asked only when it may be insecure", async () => {
  await using plain = await FakeRegistry.start();
  plain.on(blob, bytes(200, content));
  const get = (settings: Partial<RegistrySettings>) =>
    digestOfAll(appOf(plain, {}, settings).blob(layer, { signal }));
  expect(await get({})).toBe(layer.digest);
  await expect(get({ rules: { [plain.host]: { insecure: false } } })).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("insecure-registries"),
  });
});

test("a registry that comes back with another scheme is found again", async () => {
  const registries = new Registries(plainSettings, quick);
  const app = registries.repository(parseReference(`${fake.host}/app`));
  expect(await digestOfAll(app.blob(layer, { signal }))).toBe(layer.digest);
  const { port } = fake;
  await fake[Symbol.asyncDispose]();
  fake = await FakeRegistry.start({ port });
  fake.on(blob, bytes(200, content));
  expect(await digestOfAll(app.blob(layer, { signal }))).toBe(layer.digest);
});

describe("a proxy", () => {
  const heads: string[] = [];
  let proxy: Server;
  let sockets: Socket[];
  const url = () => `http://user:pass@127.0.0.1:${(proxy.address() as { port: number }).port}`;

  beforeEach(async () => {
    heads.length = 0;
    sockets = [];
    proxy = createServer(tunnel);
    await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => proxy.close(closed));
  });

  /** Whatever host is asked for, the fake registry answers. */
  function tunnel(client: Socket): void {
    sockets.push(client);
    client.on("error", () => client.destroy());
    client.once("data", (head) => {
      heads.push(head.toString());
      const upstream = connect(fake.port, "127.0.0.1", () => {
        if (heads.at(-1)?.startsWith("CONNECT")) client.write("HTTP/1.1 200 OK\r\n\r\n");
        else upstream.write(head);
        client.pipe(upstream).pipe(client);
      });
      upstream.on("error", () => client.destroy());
    });
  }

  const through = (host: string, settings: Partial<RegistrySettings>) =>
    new Registries({ ...plainSettings, ...settings }, quick)
      .repository(parseReference(`${host}/app`))
      .blob(layer, { signal });

  test("tunnels https, and is told who asks", async () => {
    const insecure = ["registry.invalid"];
    const chunks = through("registry.invalid", { insecure, proxies: { https: url() } });
    expect(await digestOfAll(chunks)).toBe(layer.digest);
    expect(heads[0]).toStartWith("CONNECT registry.invalid:443 HTTP/1.1");
    expect(heads[0]).toContain(`Proxy-Authorization: Basic ${btoa("user:pass")}`);
  });

  test("passes http on", async () => {
    await fake[Symbol.asyncDispose]();
    fake = await FakeRegistry.start();
    fake.on("GET /v2/app/blobs/x", bytes(200, content));
    const rules = { "registry.invalid": { mirrors: ["http://mirror.invalid:8080"], insecure: true } };
    await expect(
      digestOfAll(through("registry.invalid", { rules, proxies: { http: url() } })),
    ).rejects.toThrow();
    expect(heads[0]).toStartWith("GET http://mirror.invalid:8080/v2/ HTTP/1.1");
  });

  test("is not asked for loopback or for what no-proxy names", async () => {
    expect(await read({ proxies: { http: url(), https: url() } })).toBe(layer.digest);
    const named = { proxies: { https: url(), none: "registry.invalid" } };
    await expect(digestOfAll(through("registry.invalid", named))).rejects.toMatchObject({
      kind: "unavailable",
      message: "no such host: registry.invalid",
    });
    expect(heads).toHaveLength(0);
  });
});
