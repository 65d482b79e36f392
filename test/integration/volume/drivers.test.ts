import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseMountInfo } from "../../../src/os/mountinfo.ts";
import { command } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine({ flags: ["--live-restore"] });

const pathOf = (name: string) => join(fixture.engine.dataRoot, "volumes", name, "_data");
/** The engine may have a mount namespace of its own. */
const typesOn = (name: string) =>
  parseMountInfo(readFileSync(`/proc/${fixture.engine.pid}/mountinfo`, "utf8"))
    .filter(({ target }) => target === pathOf(name))
    .map(({ type }) => type);

const options = (given: Record<string, string>) =>
  Object.entries(given).flatMap(([key, value]) => ["-o", `${key}=${value}`]);

throughBoth("the local driver's options:", fixture, ({ call, ok }) => {
  const make = async (given: Record<string, string>) =>
    await ok(["volume", "create", ...options(given), uniqueName("v")]);

  test("tmpfs is mounted for as long as containers use it", async () => {
    const name = await make({ type: "tmpfs", device: "tmpfs", o: "size=1m,uid=7" });
    const [it] = JSON.parse(await ok(["volume", "inspect", name]));
    expect(it).toMatchObject({
      Driver: "local",
      Options: { type: "tmpfs", device: "tmpfs", o: "size=1m,uid=7" },
    });
    expect(typesOn(name)).toEqual([]);
    const run = ["run", "-d", "-v", `${name}:/data`, "busybox"];
    const first = await ok([...run, "sleep", "1000"]);
    const second = await ok([...run, "sh", "-c", "touch /data/file; sleep 1000"]);
    expect(typesOn(name)).toEqual(["tmpfs"]);
    expect(await ok(["exec", first, "stat", "-c", "%u", "/data"])).toBe("7");
    const used = await call(["volume", "rm", name]);
    expect(used.stderr).toContain("volume is in use");
    await ok(["rm", "-f", first]);
    expect(typesOn(name)).toEqual(["tmpfs"]);
    await ok(["rm", "-f", second]);
    expect(typesOn(name)).toEqual([]);
    await ok(["volume", "rm", name]);
  });

  test("a directory of the host and an overlay of two", async () => {
    const base = join(fixture.engine.root, uniqueName("dirs"));
    for (const directory of ["lower", "upper", "work"]) mkdirSync(join(base, directory), { recursive: true });
    writeFileSync(join(base, "lower", "file"), "from below");
    const bound = await make({ type: "none", device: join(base, "lower"), o: "bind,ro" });
    const read = (name: string, script: string) =>
      call(["run", "--rm", "-v", `${name}:/data:nocopy`, "busybox", "sh", "-c", script]);
    expect((await read(bound, "cat /data/file")).stdout).toBe("from below");
    expect((await read(bound, "touch /data/new")).stderr).toContain("Read-only file system");
    const layers = `lowerdir=${base}/lower,upperdir=${base}/upper,workdir=${base}/work`;
    const overlay = await make({ type: "overlay", device: "overlay", o: layers });
    expect((await read(overlay, "cat /data/file; echo above > /data/new")).stdout).toBe("from below");
    expect(readFileSync(join(base, "upper", "new"), "utf8")).toBe("above\n");
    await ok(["volume", "rm", bound, overlay]);
    expect(readFileSync(join(base, "lower", "file"), "utf8")).toBe("from below");
  });

  test("an empty one that is mounted is filled from the image, in place", async () => {
    const device = join(fixture.engine.root, uniqueName("empty"));
    mkdirSync(device);
    const name = await make({ type: "none", device, o: "bind" });
    expect(await ok(["run", "--rm", "-v", `${name}:/etc`, "busybox", "cat", "/etc/passwd"])).toContain(
      "root:",
    );
    expect(readFileSync(join(device, "passwd"), "utf8")).toContain("root:");
    await ok(["volume", "rm", name]);
  });

  test("options that make no sense are refused in Docker's words", async () => {
    const refused = async (given: Record<string, string>) =>
      (await call(["volume", "create", ...options(given), "refused"])).stderr;
    expect(await refused({ colour: "red" })).toContain('create refused: invalid option: "colour"');
    expect(await refused({ type: "nfs" })).toContain('create refused: missing required option: "device"');
    expect(await refused({ size: "10m" })).toContain("quota size requested but no quota support");
    expect((await call(["volume", "inspect", "refused"])).code).toBe(1);
  });

  test("a server that cannot be mounted fails the start with the exact call, and nothing else", async () => {
    const name = await make({ type: "nfs", device: ":/export", o: "ro,addr=localhost,nolock" });
    const started = await call(["run", "--rm", "-v", `${name}:/data:nocopy`, "busybox", "true"]);
    expect(started.code).not.toBe(0);
    const words = `error while mounting volume '${pathOf(name)}': failed to mount local volume: mount :/export:${pathOf(name)}, flags: 0x1, data: addr=127.0.0.1,nolock: `;
    expect(started.stderr).toContain(words);
    expect(await ok(["run", "--rm", "busybox", "echo", "fine"])).toBe("fine");
    await ok(["volume", "rm", name]);
    const nowhere = await make({ type: "nfs", device: ":/x", o: "addr=no-such-host.invalid" });
    const unresolved = await call(["run", "--rm", "-v", `${nowhere}:/data:nocopy`, "busybox", "true"]);
    expect(unresolved.stderr).toContain(
      "error resolving passed in network volume address: lookup no-such-host.invalid",
    );
    await ok(["volume", "rm", nowhere]);
  });

  test("prune and the sizes of df leave alone what is elsewhere", async () => {
    const name = await make({ type: "tmpfs", device: "tmpfs" });
    expect(await ok(["volume", "prune", "-a", "-f"])).not.toContain(name);
    expect((await call(["system", "df", "-v"])).code).toBe(0);
    await ok(["volume", "rm", name]);
  });
});

test("the next engine knows the mounts of what still runs, and takes away the rest", async () => {
  const { engine } = fixture;
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await engine.slipway(args);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const given = options({ type: "tmpfs", device: "tmpfs" });
  const [kept, left] = [uniqueName("kept"), uniqueName("left")];
  await ok("volume", "create", ...given, kept);
  await ok("volume", "create", ...given, left);
  const container = await ok("run", "-d", "-v", `${kept}:/data`, "busybox", "sleep", "1000");
  await command(["nsenter", "-m", "-t", String(engine.pid), "mount", "-t", "tmpfs", "tmpfs", pathOf(left)]);
  expect(typesOn(left)).toEqual(["tmpfs"]);
  await engine.kill();
  await engine.start();
  expect(typesOn(kept)).toEqual(["tmpfs"]);
  await ok("rm", "-f", container);
  expect(typesOn(kept)).toEqual([]);
  await ok("volume", "rm", kept, left);
  expect(typesOn(left)).toEqual([]);
});
