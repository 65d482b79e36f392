import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { FakeRegistry, json } from "../../../src/registry/testing/fake-registry.ts";
import { TestEngine } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { TestRegistry } from "../../support/registry.ts";
import { must, throughBoth } from "../../support/suite.ts";

setDefaultTimeout(120_000);

const folder = new Folder();
let registry: TestRegistry;
let search: FakeRegistry;
let started: TestEngine | undefined;
const fixture = {
  get engine(): TestEngine {
    if (started === undefined) throw new Error("the engine has not been started");
    return started;
  },
};

beforeAll(async () => {
  [registry, search] = await Promise.all([TestRegistry.start(), FakeRegistry.start()]);
  const { host } = registry;
  const configuration = {
    "insecure-registries": ["10.200.0.0/16"],
    registries: {
      "docker.io": { mirrors: [`http://${host}`] },
      "quay.invalid": { rewrite: `${host}/quay` },
      "blocked.example": { blocked: true },
    },
  };
  writeFileSync(folder.join("daemon.json"), JSON.stringify(configuration));
  started = await TestEngine.start({ flags: [`--config-file=${folder.join("daemon.json")}`] });
  must(await started.slipway(["image", "bootstrap", "busybox"]));
  for (const name of ["library/mirrored:1", "quay/team/app:1"]) {
    must(await started.slipway(["tag", "busybox", `${host}/${name}`]));
    must(await started.slipway(["push", "-q", `${host}/${name}`]));
  }
});
afterAll(async () => {
  await started?.dispose();
  await registry[Symbol.asyncDispose]();
  await search[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

throughBoth("registries as the configuration has them", fixture, ({ call, ok }) => {
  test("an image of Docker Hub comes from its mirror, under its own name", async () => {
    await ok(["pull", "-q", "mirrored:1"]);
    expect(await ok(["image", "inspect", "-f", "{{index .RepoTags}}", "mirrored:1"])).toContain("mirrored:1");
    await ok(["rmi", "mirrored:1"]);
  });

  test("a registry that is elsewhere is read and written there", async () => {
    await ok(["pull", "-q", "quay.invalid/team/app:1"]);
    await ok(["tag", "busybox", "quay.invalid/team/app:2"]);
    await ok(["push", "-q", "quay.invalid/team/app:2"]);
    const pushed = registry.accesses().filter(({ method, path }) => method === "PUT" && path.endsWith("/2"));
    expect(pushed.map(({ path }) => path)).toContain("/v2/quay/team/app/manifests/2");
    await ok(["rmi", "quay.invalid/team/app:1", "quay.invalid/team/app:2"]);
  });

  test("nothing is read from a registry that is blocked", async () => {
    const { code, stderr } = await call(["pull", "blocked.example/app"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("blocked.example is blocked");
  });

  test("search asks the registry that the term names", async () => {
    const results = [
      { name: "team/app", description: "An app", star_count: 7, is_official: false, is_automated: false },
      { name: "team/lib", description: "A library", star_count: 1, is_official: true, is_automated: false },
    ];
    search.on("GET /v1/search", json(200, { results }));
    const found = await ok(["search", "--format", "{{.Name}} {{.StarCount}}", `${search.host}/team`]);
    expect(found).toBe("team/app 7\nteam/lib 1");
    const starred = ["search", "-f", "stars=5", "--format", "{{.Name}}", `${search.host}/team`];
    expect(await ok(starred)).toBe("team/app");
    const none = await call(["search", `${registry.host}/team`]);
    expect(none.code).not.toBe(0);
    expect(none.stderr).toContain(`the registry ${registry.host} has no search`);
  });

  test("info tells of them", async () => {
    const said = JSON.parse(await ok(["info", "-f", "{{json .RegistryConfig}}"]));
    expect(said.InsecureRegistryCIDRs).toEqual(["::1/128", "127.0.0.0/8", "10.200.0.0/16"]);
    expect(said.Mirrors).toEqual([`http://${registry.host}/`]);
  });
});

test("distribution tells a descriptor and platforms, or that there is nothing", async () => {
  const { engine } = fixture;
  const found = await engine.fetch(`/distribution/${registry.host}/library/mirrored:1/json`);
  const { Descriptor, Platforms } = (await found.json()) as {
    Descriptor: { digest: string; size: number; mediaType: string };
    Platforms: { os: string }[];
  };
  expect(Descriptor.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(Descriptor.size).toBeGreaterThan(0);
  expect(Platforms).toEqual([expect.objectContaining({ os: "linux" })]);
  const missing = await engine.fetch(`/distribution/${registry.host}/library/mirrored:none/json`);
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({
    message: expect.stringContaining("manifest unknown"),
  });
});
