import { afterAll, afterEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../../os/testing.ts";
import { scratchVolumes } from "../volumes.fixture.ts";
import { findPlugin, pluginNames } from "./discovery.ts";

afterAll(removeScratch);

/** Answers by call: an object to send as JSON, or a text as it is. */
type Answers = Record<string, unknown>;
interface Raw {
  status: number;
  text: string;
}

const servers: { stop(force: boolean): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop(true);
});

/** A plugin `store` whose calls are answered as said; without an answer it never answers. */
function withPlugin(answers: Answers) {
  const directory = scratchDirectory("plugins");
  const asked: { method: string; body: unknown; accept: string | null }[] = [];
  const server = Bun.serve({
    unix: join(directory, "store.sock"),
    async fetch(request) {
      const method = new URL(request.url).pathname.slice(1);
      asked.push({ method, body: await request.json(), accept: request.headers.get("accept") });
      if (!(method in answers)) return await new Promise<Response>(() => {});
      const { status = 200, text = JSON.stringify(answers[method]) } = answers[method] as Partial<Raw>;
      return new Response(text, { status });
    },
  });
  servers.push(server);
  const volumes = scratchVolumes({ plugins: { sockets: [directory], specs: [directory] }, pluginLimit: 300 });
  return { volumes, asked, directory };
}

const honest: Answers = {
  "Plugin.Activate": { Implements: ["VolumeDriver"] },
  "VolumeDriver.Capabilities": { Capabilities: { Scope: "global" } },
  "VolumeDriver.Create": {},
  "VolumeDriver.Remove": {},
  "VolumeDriver.Mount": { Mountpoint: "/usr" },
  "VolumeDriver.Unmount": {},
  "VolumeDriver.Get": { Volume: { Name: "data", Mountpoint: "/usr", Status: { healthy: true } } },
  "VolumeDriver.List": { Volumes: [{ Name: "data" }, { Name: "elsewhere" }] },
};

test("a volume's life with a plugin", async () => {
  const { volumes, asked } = withPlugin(honest);
  await volumes.create({ name: "data", driver: "store", options: { size: "1" }, labels: { a: "b" } });
  expect(await volumes.mount("data", "one")).toBe("/usr");
  expect(volumes.path("data")).toBe("/usr");
  await volumes.unmount("data", "one");
  expect(await volumes.describe("data")).toMatchObject({
    driver: "store",
    scope: "global",
    labels: { a: "b" },
    status: { healthy: true },
  });
  await volumes.remove("data");
  expect(volumes.find("data")).toBeUndefined();
  expect(asked[0]?.accept).toBe("application/vnd.docker.plugins.v1.2+json");
  expect(asked.map(({ method, body }) => [method.replace("VolumeDriver.", ""), body])).toEqual([
    ["Plugin.Activate", {}],
    ["Create", { Name: "data", Opts: { size: "1" } }],
    ["Mount", { Name: "data", ID: "one" }],
    ["Unmount", { Name: "data", ID: "one" }],
    ["Get", { Name: "data" }],
    ["Capabilities", {}],
    ["Remove", { Name: "data" }],
  ]);
});

test("volumes that only the plugin knows of are listed, and found by name", async () => {
  const { volumes } = withPlugin(honest);
  const { volumes: all } = await volumes.survey();
  expect(all.map(({ name, driver, scope }) => [name, driver, scope])).toEqual([
    ["data", "store", "global"],
    ["elsewhere", "store", "global"],
  ]);
  expect((await volumes.create({ name: "data" })).driver).toBe("store");
});

test.each([
  ["with an error", { Err: "disk on fire" }, "create data: disk on fire"],
  ["with an error status", { status: 500, text: '{"Err":"no"}' }, "VolumeDriver.Create: no"],
  ["with what is no JSON", { text: "<html>" }, "no JSON object: <html>"],
  ["with a list", [], "no JSON object: []"],
])("a plugin that answers %s is told of, and nothing is kept", async (_, answer, message) => {
  const { volumes } = withPlugin({ ...honest, "VolumeDriver.Create": answer });
  await expect(volumes.create({ name: "data", driver: "store" })).rejects.toThrow(message);
  expect(volumes.find("data")).toBeUndefined();
});

test.each(["there", "", null])("the mount path %j is not believed", async (Mountpoint) => {
  const { volumes } = withPlugin({ ...honest, "VolumeDriver.Mount": { Mountpoint } });
  await volumes.create({ name: "data", driver: "store" });
  await expect(volumes.mount("data", "one")).rejects.toThrow("is not absolute");
  expect(volumes.mountedBy("one")).toEqual([]);
});

test("a plugin that does not answer fails the call in time, and listing goes on without it", async () => {
  const { "VolumeDriver.List": _list, "VolumeDriver.Mount": _mount, ...silent } = honest;
  const { volumes } = withPlugin(silent);
  await volumes.create({ name: "data", driver: "store" });
  await volumes.create({ name: "mine", driver: "local" });
  await expect(volumes.mount("data", "one")).rejects.toThrow(
    "VolumeDriver.Mount: no answer within 0.3 seconds",
  );
  const { volumes: all, warnings } = await volumes.survey();
  expect(all.map(({ name }) => name)).toEqual(["data", "mine"]);
  expect(warnings).toEqual([
    expect.stringContaining("list store: plugin store: VolumeDriver.List: no answer"),
  ]);
});

test("with force a volume is forgotten that the plugin does not remove", async () => {
  const { volumes } = withPlugin({ ...honest, "VolumeDriver.Remove": { Err: "busy" } });
  await volumes.create({ name: "data", driver: "store" });
  await expect(volumes.remove("data")).rejects.toThrow("busy");
  expect(volumes.find("data")).toBeDefined();
  await expect(volumes.remove("data", { force: true })).rejects.toThrow("busy");
  expect(volumes.find("data")).toBeUndefined();
});

test("a plugin of another kind, and none at all, are told apart", async () => {
  const { volumes } = withPlugin({ "Plugin.Activate": { Implements: ["NetworkDriver"] } });
  const create = (driver: string) => volumes.create({ name: "data", driver });
  await expect(create("store")).rejects.toThrow("Plugin does not implement the requested driver");
  await expect(create("nonesuch")).rejects.toThrow('plugin "nonesuch" not found');
  await expect(create("../store")).rejects.toThrow("not found");
});

test("plugins are found by sockets, specs and JSON, also in a directory of their own name", async () => {
  const { directory } = withPlugin(honest);
  const directories = { sockets: [directory], specs: [join(directory, "specs")] };
  mkdirSync(join(directory, "specs", "nested"), { recursive: true });
  writeFileSync(join(directory, "specs", "plain.spec"), "tcp://127.0.0.1:9\n");
  const Addr = "https://127.0.0.1:9";
  const TLSConfig = { CAFile: "/ca", CertFile: "/cert", KeyFile: "/key" };
  writeFileSync(join(directory, "specs", "nested", "nested.json"), JSON.stringify({ Addr, TLSConfig }));
  writeFileSync(join(directory, "specs", "wrong.spec"), "nowhere");
  expect(await pluginNames(directories)).toEqual(["nested", "plain", "store", "wrong"]);
  expect((await findPlugin("plain", directories))?.address).toBe("tcp://127.0.0.1:9");
  expect(await findPlugin("nested", directories)).toEqual({
    name: "nested",
    address: Addr,
    tls: { insecure: false, ca: "/ca", certificate: "/cert", key: "/key" },
  });
  await expect(findPlugin("wrong", directories)).rejects.toThrow("names no address");
});
