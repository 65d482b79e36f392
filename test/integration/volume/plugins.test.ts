import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, until } from "../../support/engine.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const plugins: Bun.Subprocess[] = [];
const directory = () => join(fixture.engine.root, "plugin-data");

const place = (file: string) => join(fixture.engine.execRoot, "plugins", file);

/** Starts a plugin process of this name, or one that takes the place of a dead one; with `keys` one that speaks TLS. */
async function startPlugin(name: string, keys?: string): Promise<Bun.Subprocess> {
  mkdirSync(place("."), { recursive: true });
  const socket = place(keys === undefined ? `${name}.sock` : `${name}.json`);
  rmSync(socket, { force: true });
  const program = join(import.meta.dir, "../../support/volume-plugin.ts");
  const argv = [process.execPath, program, socket, directory(), ...(keys === undefined ? [] : [keys])];
  const plugin = Bun.spawn(argv, { stdio: ["ignore", "inherit", "inherit"] });
  plugins.push(plugin);
  await until(`the plugin ${name} listens`, () => existsSync(socket));
  return plugin;
}

beforeAll(() => startPlugin("store"), 60_000);
afterAll(async () => {
  for (const plugin of plugins) {
    plugin.kill();
    await plugin.exited;
  }
});

throughBoth("volume plugins:", fixture, ({ call, ok }) => {
  const inspect = async (name: string) => JSON.parse(await ok(["volume", "inspect", name]))[0];

  test("a plugin's volume is made, mounted for a container, listed and removed", async () => {
    const name = await ok([
      "volume",
      "create",
      "-d",
      "store",
      "-o",
      "k=v",
      "--label",
      "a=b",
      uniqueName("p"),
    ]);
    expect(await inspect(name)).toMatchObject({
      Driver: "store",
      Scope: "global",
      Labels: { a: "b" },
      Options: { k: "v" },
      CreatedAt: "2020-01-02T03:04:05Z",
      Status: { users: [] },
    });
    const mount = ["-v", `${name}:/data`];
    const id = await ok(["run", "-d", ...mount, "busybox", "sh", "-c", "echo kept > /data/file; sleep 1000"]);
    expect((await inspect(name)).Status).toMatchObject({ users: [id] });
    const [container] = JSON.parse(await ok(["inspect", id]));
    expect(container.Mounts).toMatchObject([
      { Name: name, Driver: "store", Source: join(directory(), name) },
    ]);
    await ok(["rm", "-f", id]);
    expect((await inspect(name)).Status).toMatchObject({ users: [] });
    expect(await ok(["run", "--rm", ...mount, "busybox", "cat", "/data/file"])).toBe("kept");
    expect((await ok(["volume", "ls", "-q", "--filter", "driver=store"])).split("\n")).toContain(name);
    await ok(["volume", "rm", name]);
    expect(existsSync(join(directory(), name))).toBe(false);
  });

  test("--volume-driver and --mount volume-driver choose the plugin", async () => {
    const [one, two] = [uniqueName("p"), uniqueName("p")];
    await ok(["run", "--rm", "--volume-driver", "store", "-v", `${one}:/data`, "busybox", "true"]);
    const mount = `type=volume,src=${two},dst=/data,volume-driver=store,volume-opt=k=v`;
    await ok(["run", "--rm", "--mount", mount, "busybox", "true"]);
    expect((await inspect(one)).Driver).toBe("store");
    expect((await inspect(two)).Options).toEqual({ k: "v" });
    const taken = await call(["volume", "create", "-d", "local", one]);
    expect(taken.stderr).toContain(`driver 'store' already has volume '${one}': volume name must be unique`);
    await ok(["volume", "rm", one, two]);
  });

  test("what a plugin gets wrong is told, and other containers start", async () => {
    const faulty = async (fault: string) =>
      await ok(["volume", "create", "-d", "store", "-o", `fault=${fault}`, uniqueName("p")]);
    const start = (name: string) => call(["run", "--rm", "-v", `${name}:/data:nocopy`, "busybox", "true"]);
    const failed = await call(["volume", "create", "-d", "store", "-o", "fault=create", "broken"]);
    expect(failed.stderr).toContain("create broken: VolumeDriver.Create: the store is full");
    const [garbage, relative, refuse] = [
      await faulty("garbage"),
      await faulty("relative"),
      await faulty("refuse"),
    ];
    expect((await start(garbage)).stderr).toContain("no JSON object");
    expect((await start(relative)).stderr).toContain("is not absolute");
    expect((await call(["volume", "rm", refuse])).stderr).toContain("the volume is wanted");
    const [nowhere, huge] = [await faulty("nowhere"), await faulty("huge")];
    expect((await start(nowhere)).stderr).toContain("is no directory of this host");
    expect((await start(huge)).stderr).toContain("the answer is longer than");
    await ok(["run", "--rm", "busybox", "true"]);
    await ok(["volume", "rm", garbage, relative, nowhere, huge]);
  });

  test("an unknown plugin is told at once", async () => {
    const words = 'error looking up volume plugin nonesuch: plugin "nonesuch" not found';
    const { code, stderr } = await call(["volume", "create", "-d", "nonesuch", "v1"], { timeout: 8_000 });
    expect(code).toBe(1);
    expect(stderr).toContain(`create v1: ${words}`);
    const run = ["run", "--volume-driver", "nonesuch", "-v", "v1:/data", "busybox", "true"];
    const started = await call(run, { timeout: 8_000 });
    expect(started.code).toBe(125);
    expect(started.stderr).toContain(words);
    // What is missing is not the image.
    expect(started.stderr).not.toContain("Unable to find image");
  });

  test("a plugin may come after the engine, and die in a mount: volumes stay in sight", async () => {
    const late = uniqueName("late");
    await startPlugin(late);
    const [mortal, other] = [uniqueName("p"), uniqueName("p")];
    await ok(["volume", "create", "-d", late, "-o", "fault=die", mortal]);
    await ok(["volume", "create", "-d", "store", other]);
    const started = await call(["run", "--rm", "-v", `${mortal}:/data:nocopy`, "busybox", "true"]);
    expect(started.code).toBe(125);
    expect(started.stderr).toContain(`plugin ${late}: VolumeDriver.Mount`);
    const list = await call(["volume", "ls", "-q"], { timeout: 8_000 });
    expect(list.stdout.split("\n")).toEqual(expect.arrayContaining([mortal, other]));
    const { Warnings } = JSON.parse((await fixture.engine.request("/volumes")) ?? "{}");
    expect(Warnings).toEqual([expect.stringContaining(`list ${late}: plugin ${late}: VolumeDriver.List`)]);
    rmSync(place(`${late}.sock`));
    await ok(["volume", "rm", other]);
  });

  test("while a plugin hangs, the engine answers", async () => {
    const name = await ok(["volume", "create", "-d", "store", "-o", "fault=hang", uniqueName("p")]);
    const container = uniqueName();
    const hanging = call([
      "run",
      "--rm",
      "--name",
      container,
      "-v",
      `${name}:/data:nocopy`,
      "busybox",
      "true",
    ]);
    expect(await ok(["ps", "-q"])).toBe("");
    expect(await ok(["run", "--rm", "busybox", "echo", "fine"])).toBe("fine");
    expect((await inspect(name)).Status).toMatchObject({ users: [] });
    const { code, stderr } = await hanging;
    expect(code).not.toBe(0);
    expect(stderr).toContain("VolumeDriver.Mount: no answer within 30 seconds");
    await ok(["volume", "rm", name]);
  }, 60_000);
});

/** An authority, and what it says of a server on loopback and of a client. */
async function makeKeys(name: string): Promise<string> {
  const keys = join(fixture.engine.root, name);
  mkdirSync(keys);
  const openssl = async (...args: string[]) => must(await command(["openssl", "req", "-x509", ...args]));
  const make = (of: string) => {
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    return [
      ...kind,
      "-subj",
      `/CN=${of}`,
      "-keyout",
      join(keys, `${of}.key`),
      "-out",
      join(keys, `${of}.pem`),
    ];
  };
  await openssl(...make("ca"));
  const authority = ["-CA", join(keys, "ca.pem"), "-CAkey", join(keys, "ca.key")];
  await openssl(...make("server"), ...authority, "-addext", "subjectAltName=IP:127.0.0.1");
  await openssl(...make("client"), ...authority);
  return keys;
}

test("a plugin behind TLS is believed by its authority, and shown a certificate", async () => {
  const { engine } = fixture;
  const [keys, others] = [await makeKeys("keys"), await makeKeys("others")];
  const name = uniqueName("tls");
  const plugin = await startPlugin(name, keys);
  const volume = uniqueName("p");
  must(await engine.slipway(["volume", "create", "-d", name, volume]));
  const run = [
    "run",
    "--rm",
    "-v",
    `${volume}:/data`,
    "busybox",
    "sh",
    "-c",
    "echo kept > /data/f; cat /data/f",
  ];
  expect(must(await engine.slipway(run)).stdout).toBe("kept\n");
  must(await engine.slipway(["volume", "rm", volume]));
  const { Addr, TLSConfig } = JSON.parse(readFileSync(place(`${name}.json`), "utf8"));
  const refused = async (config: object) => {
    writeFileSync(place(`${name}.json`), JSON.stringify({ Addr, TLSConfig: config }));
    const created = await engine.slipway(["volume", "create", "-d", name, volume]);
    expect(created.code).toBe(1);
    return created.stderr;
  };
  const stranger = await refused({ ...TLSConfig, CAFile: join(others, "ca.pem") });
  expect(stranger).toMatch(/Plugin\.Activate: .*certificate/);
  const [CertFile, KeyFile] = [join(others, "client.pem"), join(others, "client.key")];
  expect(await refused({ ...TLSConfig, CertFile, KeyFile })).toContain("Plugin.Activate: ");
  expect(await refused({ ...TLSConfig, CertFile: join(keys, "none.pem") })).toContain("none.pem");
  rmSync(place(`${name}.json`));
  plugin.kill();
});

test("an engine that is killed or stopped leaves each mount to be unmounted once", async () => {
  const { engine } = fixture;
  const ok = async (...args: string[]) => must(await engine.slipway(args)).stdout.trim();
  const status = async (name: string) => JSON.parse(await ok("volume", "inspect", name))[0].Status;
  const start = async () => {
    const name = await ok("volume", "create", "-d", "store", uniqueName("p"));
    const id = await ok("run", "-d", "--init", "-v", `${name}:/data`, "busybox", "sleep", "1000");
    return { name, id };
  };
  const [goesOn, ends] = [await start(), await start()];
  const pid = Number(await ok("inspect", "-f", "{{.State.Pid}}", ends.id));
  await engine.kill();
  process.kill(pid, "SIGKILL");
  await engine.start();
  await until("the end of one is known", async () => (await status(ends.name)).unmounts > 0);
  expect(await status(goesOn.name)).toMatchObject({ users: [goesOn.id], mounts: 1, unmounts: 0 });
  expect(await ok("exec", goesOn.id, "sh", "-c", "echo kept > /data/f; cat /data/f")).toBe("kept");
  await engine.terminate();
  await engine.start();
  expect(await status(goesOn.name)).toMatchObject({ users: [], mounts: 1, unmounts: 1 });
  await ok("rm", "-f", goesOn.id, ends.id);
  for (const { name } of [goesOn, ends]) {
    expect(await status(name)).toMatchObject({ users: [], mounts: 1, unmounts: 1 });
    await ok("volume", "rm", name);
  }
});
