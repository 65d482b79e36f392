import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const plugins: Bun.Subprocess[] = [];
const directory = () => join(fixture.engine.root, "plugin-data");

/** Starts a plugin process of this name, or one that takes the place of a dead one. */
async function startPlugin(name: string): Promise<void> {
  const sockets = join(fixture.engine.execRoot, "plugins");
  mkdirSync(sockets, { recursive: true });
  const socket = join(sockets, `${name}.sock`);
  rmSync(socket, { force: true });
  const program = join(import.meta.dir, "../../support/volume-plugin.ts");
  plugins.push(
    Bun.spawn([process.execPath, program, socket, directory()], { stdio: ["ignore", "inherit", "inherit"] }),
  );
  await until(`the plugin ${name} listens`, () => existsSync(socket));
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
    const { code, stderr } = await call(["volume", "create", "-d", "nonesuch", "v1"], { timeout: 8_000 });
    expect(code).toBe(1);
    expect(stderr).toContain('error looking up volume plugin nonesuch: plugin "nonesuch" not found');
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
    rmSync(join(fixture.engine.execRoot, "plugins", `${late}.sock`));
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
