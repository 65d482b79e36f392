import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMountInfo } from "../../os/mountinfo.ts";
import { removeScratch } from "../../os/testing.ts";
import { scratchVolumes } from "../volumes.fixture.ts";
import { Volumes } from "../volumes.ts";
import { checkOptions } from "./options.ts";

afterAll(removeScratch);

test.each([
  [{ foo: "1" }, 'invalid option: "foo"'],
  [{ device: "x" }, 'missing required option: "type"'],
  [{ type: "nfs" }, 'missing required option: "device"'],
  [{ o: "ro" }, 'missing required option: "device"'],
  [{ size: "1g" }, "quota size requested but no quota support"],
  [{ type: "cifs", device: "//host:445/x" }, "port not allowed in CIFS device URL"],
] as [Record<string, string>, string][])("options %j are refused as Docker does", (options, message) => {
  expect(() => checkOptions(options)).toThrow(message);
});

const tmpfs = { type: "tmpfs", device: "tmpfs", o: "size=1m,uid=7" };
const mountsOn = (path: string) => readMountInfo().filter(({ target }) => target === path);

test("a file system is mounted with its first user and unmounted after its last", async () => {
  const volumes = scratchVolumes();
  await volumes.create({ name: "memory", options: tmpfs });
  const path = volumes.path("memory");
  expect(mountsOn(path)).toEqual([]);
  expect(await volumes.mount("memory", "one")).toBe(path);
  await volumes.mount("memory", "one");
  await volumes.mount("memory", "two");
  expect(mountsOn(path)).toMatchObject([{ type: "tmpfs" }]);
  await expect(volumes.remove("memory")).rejects.toThrow("volume is in use");
  await volumes.unmount("memory", "one");
  expect(mountsOn(path)).toHaveLength(1);
  await volumes.unmount("memory", "two");
  expect(mountsOn(path)).toEqual([]);
  await volumes.remove("memory");
  expect(volumes.find("memory")).toBeUndefined();
});

test("a directory of the host is bound, and outlives the volume", async () => {
  const volumes = scratchVolumes();
  await volumes.create({ name: "plain" });
  const source = join(volumes.path("plain"), "source");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "x");
  await volumes.create({ name: "bound", options: { type: "none", device: source, o: "bind" } });
  const path = await volumes.mount("bound", "one");
  expect(existsSync(join(path, "file"))).toBe(true);
  await volumes.unmount("bound", "one");
  await volumes.remove("bound");
  expect(existsSync(join(source, "file"))).toBe(true);
});

test("what the kernel says of a mount is told with the call, and no password", async () => {
  const volumes = scratchVolumes();
  const options = { type: "nonesuch", device: ":/x", o: "ro,addr=127.0.0.1,password=secret" };
  await volumes.create({ name: "remote", options });
  const mount = volumes.mount("remote", "one");
  await expect(mount).rejects.toThrow(
    `failed to mount local volume: mount :/x:${volumes.path("remote")}, flags: 0x1, data: addr=127.0.0.1,password=********: no such device`,
  );
  await volumes.remove("remote");
});

test("the next engine keeps the mounts of its users and takes away the others", async () => {
  const references = { get: () => undefined, all: () => [], delete: () => false } as never;
  const before = scratchVolumes({ references });
  for (const name of ["kept", "left"]) {
    await before.create({ name, options: tmpfs });
    await before.mount(name, "container");
  }
  const [kept, left] = [before.path("kept"), before.path("left")];
  const after = Volumes.open({ root: join(kept, "..", ".."), references });
  after.adopt("kept", "container", kept);
  await after.unmountUnused();
  expect(mountsOn(kept)).toHaveLength(1);
  expect(mountsOn(left)).toEqual([]);
  await after.unmount("kept", "container");
  expect(mountsOn(kept)).toEqual([]);
});

test("one name has one driver", async () => {
  const volumes = scratchVolumes();
  await volumes.create({ name: "data" });
  await expect(volumes.create({ name: "data", driver: "other" })).rejects.toThrow(
    "create data: driver 'local' already has volume 'data': volume name must be unique",
  );
});
