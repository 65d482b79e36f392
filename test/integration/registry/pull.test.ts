import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dockerArchive } from "../../support/docker-archive.ts";
import { TestEngine, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { Gate } from "../../support/gate.ts";
import { TestRegistry } from "../../support/registry.ts";
import { must, uniqueName } from "../../support/suite.ts";

setDefaultTimeout(120_000);

let registry: TestRegistry;
let source: TestEngine;
let engine: TestEngine;
let gate: Gate;

beforeAll(async () => {
  [registry, source, engine] = await Promise.all([
    TestRegistry.start(),
    TestEngine.start(),
    TestEngine.start(),
  ]);
  gate = await Gate.open(registry.host);
});
afterAll(async () => {
  await gate[Symbol.asyncDispose]();
  await Promise.all([source.dispose(), engine.dispose(), registry[Symbol.asyncDispose]()]);
});

/** Puts an image into the registry, a file in each layer; answers its name behind the host. */
async function published(files: Record<string, Uint8Array | string>[]): Promise<string> {
  const name = `${uniqueName("pull")}:1`;
  const reference = `${registry.host}/${name}`;
  const layers = files.map((layer) => Object.entries(layer).map(([path, data]) => ({ name: path, data })));
  must(await source.slipway(["load"], { stdin: dockerArchive({ tag: reference, layers }) }));
  must(await source.slipway(["push", "-q", reference]));
  return name;
}

const partials = () => readdirSync(join(engine.dataRoot, "content", "ingest"));
const partialBytes = () =>
  partials().reduce((sum, file) => sum + statSync(join(engine.dataRoot, "content", "ingest", file)).size, 0);
const blobs = () => readdirSync(join(engine.dataRoot, "content", "blobs", "sha256")).sort();
const images = async () => must(await engine.slipway(["images", "-aq", "--no-trunc"])).stdout;
const fetchesOf = (name: string) =>
  registry
    .accesses()
    .filter(({ method, path }) => method === "GET" && path.includes(`${name.split(":")[0]}/blobs/`));

describe("a pull that is interrupted", () => {
  test("by the connection goes on where it broke", async () => {
    const name = await published([{ file: randomBytes(4_000_000) }]);
    void gate.limit(2_000_000, "cut");
    must(await engine.slipway(["pull", "-q", `${gate.host}/${name}`]));
    const statuses = fetchesOf(name).map(({ status }) => status);
    expect(statuses.filter((status) => status === 206).length).toBeGreaterThan(0);
    expect(partials()).toEqual([]);
  });

  test("by SIGKILL leaves no image, and the next engine goes on with what had come", async () => {
    const name = await published([{ small: "content" }, { file: randomBytes(8_000_000) }]);
    const before = { images: await images(), blobs: blobs() };
    const reached = gate.limit(5_000_000, "hold");
    const pull = engine.slipway(["pull", "-q", `${gate.host}/${name}`]);
    await reached;
    // What the gate let through may still be on its way.
    await until("half of it is on the disk", () => partialBytes() > 4_000_000);
    await engine.kill();
    expect((await pull).code).not.toBe(0);
    gate.open();
    await engine.start();
    expect(await images()).toBe(before.images);
    expect(partialBytes()).toBeGreaterThan(4_000_000);
    must(await engine.slipway(["pull", "-q", `${gate.host}/${name}`]));
    expect(fetchesOf(name).some(({ status }) => status === 206)).toBe(true);
    expect(partials()).toEqual([]);
    must(await engine.slipway(["rmi", `${gate.host}/${name}`]));
    expect(blobs()).toEqual(before.blobs);
  });

  test("by its client is given up", async () => {
    const name = await published([{ file: randomBytes(6_000_000) }]);
    const reached = gate.limit(3_000_000, "hold");
    const client = Bun.spawn(["docker", "pull", "-q", `${gate.host}/${name}`], {
      env: { ...process.env, DOCKER_HOST: engine.host },
      stdio: ["ignore", "ignore", "ignore"],
    });
    await reached;
    client.kill("SIGINT");
    await client.exited;
    gate.open();
    expect(await images()).not.toContain(name);
    must(await engine.slipway(["pull", "-q", `${gate.host}/${name}`]));
    expect(partials()).toEqual([]);
  });
});

test("ten images that share a base, pulled at once, fetch each blob once", async () => {
  const base = randomBytes(3_000_000);
  const names = await Promise.all(
    Array.from({ length: 10 }, (_, index) => published([{ base }, { own: randomBytes(10_000 + index) }])),
  );
  const pulls = names.map((name) => engine.slipway(["pull", "-q", `${registry.host}/${name}`]));
  for (const result of await Promise.all(pulls)) must(result);
  const fetched = names
    .flatMap(fetchesOf)
    .filter(({ status }) => status < 300)
    .map(({ path }) => path.split("/").at(-1));
  // A config and a layer of each, and the base.
  expect(fetched.length).toBe(21);
  expect(new Set(fetched).size).toBe(21);
  for (const name of names) must(await engine.slipway(["rmi", `${registry.host}/${name}`]));
});

describe("what a registry has wrong", () => {
  async function damaged(change: (path: string, size: number) => void): Promise<string> {
    const name = await published([{ file: randomBytes(2_000_000) }]);
    const [repository, tag] = name.split(":");
    const response = await fetch(`${registry.url}/v2/${repository}/manifests/${tag}`, {
      headers: { Accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    const { layers } = (await response.json()) as { layers: { digest: string }[] };
    const digest = layers[0]?.digest ?? "";
    const hex = digest.slice("sha256:".length);
    const path = join(registry.storage, "docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
    change(path, statSync(path).size);
    return name;
  }

  async function refused(name: string): Promise<string> {
    const before = {
      images: await images(),
      blobs: blobs(),
      snapshots: readdirSync(join(engine.dataRoot, "snapshots")),
    };
    const errors: string[] = [];
    for (const result of [
      await engine.slipway(["pull", `${registry.host}/${name}`]),
      await engine.docker(["pull", `${registry.host}/${name}`]),
    ]) {
      expect(result.code).toBe(1);
      errors.push(result.stderr);
    }
    expect(await images()).toBe(before.images);
    expect(blobs()).toEqual(before.blobs);
    expect(readdirSync(join(engine.dataRoot, "snapshots"))).toEqual(before.snapshots);
    return errors.join("\n");
  }

  test("a blob with another byte", async () => {
    const name = await damaged((path, size) => {
      const bytes = randomBytes(size);
      writeFileSync(path, bytes);
    });
    expect(await refused(name)).toContain("digest");
  });

  test("a truncated blob", async () => {
    const name = await damaged((path, size) => truncateSync(path, size >> 1));
    expect(await refused(name)).toContain("bytes");
  });
});

test("a layer that unpacks to more than the limit is refused", async () => {
  const name = await published([{ zeros: Buffer.alloc(3_000_000) }]);
  const limited = await TestEngine.start({ flags: ["--max-layer-size", "1m"] });
  try {
    const { code, stderr } = await limited.slipway(["pull", `${registry.host}/${name}`]);
    expect(code).toBe(1);
    expect(stderr).toContain("more than 1048576 bytes, the limit");
    expect(must(await limited.slipway(["images", "-aq"])).stdout).toBe("");
  } finally {
    await limited.dispose();
  }
});

test("a disk that fills in the middle is told, and nothing half is left", async () => {
  const name = await published([{ file: randomBytes(20_000_000) }]);
  using folder = new Folder();
  Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder.path]);
  const small = await TestEngine.start({ flags: [`--data-root=${folder.join("data")}`] });
  try {
    const { code, stderr } = await small.slipway(["pull", `${registry.host}/${name}`]);
    expect(code).toBe(1);
    expect(stderr).toContain("no space left");
    expect(must(await small.slipway(["images", "-aq"])).stdout).toBe("");
    expect(readdirSync(folder.join("data/content/blobs/sha256"))).toEqual([]);
    expect(readdirSync(folder.join("data/snapshots"))).toEqual([]);
    must(await small.slipway(["system", "check"]));
  } finally {
    await small.dispose();
    Bun.spawnSync(["umount", folder.path]);
  }
});
