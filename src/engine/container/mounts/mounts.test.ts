import { describe, expect, test } from "bun:test";
import {
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerConfig, HostConfig } from "../../../api/index.ts";
import { scratchVolumes } from "../../../volumes/volumes.fixture.ts";
import type { ContainerRecord } from "../record.ts";
import { parseBind } from "./bind.ts";
import { populateVolumes } from "./populate.ts";
import { prepareMounts } from "./prepare.ts";
import { anonymousLabel, resolveMounts } from "./resolve.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";

const scratch = () => mkdtempSync(join(tmpdir(), "slipway-mounts-"));

async function resolve(hostConfig: HostConfig, config: ContainerConfig = {}, volumes = scratchVolumes()) {
  const others: Record<string, ContainerRecord> = {
    donor: {
      mounts: await resolveMounts({
        config: {},
        hostConfig: { Binds: ["shared:/data"] },
        volumes,
        container: nobody,
      }),
    } as ContainerRecord,
  };
  const container = (ref: string) => others[ref] ?? nobody();
  return { mounts: await resolveMounts({ config, hostConfig, volumes, container }), volumes };
}

function nobody(): never {
  throw new Error("no such container");
}

describe("parseBind", () => {
  test.each([
    ["/a:/b", { source: "/a", destination: "/b", readOnly: false }],
    ["/a:/b/:ro", { source: "/a", destination: "/b", readOnly: true }],
    ["vol:/b:nocopy,z", { source: "vol", noCopy: true }],
    ["/a:/b:rslave", { propagation: "rslave" }],
  ])("%j", (text, expected) => {
    expect(parseBind(text)).toMatchObject(expected);
  });

  test.each([
    "/a",
    ":/b",
    "/a:",
    "/a:b",
    "/a:/b:what",
    "/a:/",
    "/a:/b:ro:x",
    "vol:/b:shared",
    "/a:/b:nocopy",
  ])("%j is refused with the user's own words", (text) => {
    expect(() => parseBind(text)).toThrow(text);
  });
});

describe("resolveMounts", () => {
  test("a named volume is made, an unnamed one is marked as such", async () => {
    const { mounts, volumes } = await resolve({ Binds: ["named:/one"] }, { Volumes: { "/two": {} } });
    expect(mounts.map(({ point }) => point.Destination)).toEqual(["/one", "/two"]);
    expect(volumes.get("named").labels).toEqual({});
    expect(volumes.get(mounts[1]?.point.Name ?? "").labels).toEqual({ [anonymousLabel]: "" });
    expect(mounts[1]?.anonymous).toBe(true);
  });

  test("the image's volume gives way to what the user put there", async () => {
    const { mounts } = await resolve({ Binds: ["/tmp:/data"] }, { Volumes: { "/data": {} } });
    expect(mounts.map(({ point }) => point.Type)).toEqual(["bind"]);
  });

  test("two mounts at one place are an error", async () => {
    await expect(resolve({ Binds: ["/a:/x", "/b:/x"] })).rejects.toThrow("Duplicate mount point: /x");
  });

  test("--volumes-from takes another's mounts, read-only when asked", async () => {
    const { mounts } = await resolve({ VolumesFrom: ["donor:ro"] });
    expect(mounts[0]?.point).toMatchObject({ Name: "shared", Destination: "/data", RW: false });
    expect(mounts[0]?.options).toContain("ro");
  });

  test("a missing source of --mount type=bind is an error that names it", async () => {
    const mount = { Type: "bind", Source: "/does/not/exist", Target: "/x" } as const;
    await expect(resolve({ Mounts: [mount] })).rejects.toThrow(
      "bind source path does not exist: /does/not/exist",
    );
  });

  test.each([
    [{ Type: "bind", Source: "rel", Target: "/x" }, "must be absolute"],
    [{ Type: "volume", Source: "v" }, "Target must not be empty"],
    [{ Type: "tmpfs", Source: "x", Target: "/x" }, "Source must not be specified"],
    [{ Type: "volume", Source: "../up", Target: "/x" }, "invalid characters for a local volume name"],
  ] as const)("%j is refused", async (mount, message) => {
    await expect(resolve({ Mounts: [mount] })).rejects.toThrow(message);
  });
});

describe("prepareMounts", () => {
  const prepare = async (hostConfig: HostConfig) => {
    const { mounts, volumes } = await resolve(hostConfig);
    return { prepared: prepareMounts({ mounts, hostConfig } as ContainerRecord, volumes), volumes };
  };

  test("the missing source of -v is made, and of --mount is not", async () => {
    const source = join(scratch(), "deep", "er");
    expect((await prepare({ Binds: [`${source}:/x`] })).prepared[0]?.source).toBe(source);
    expect(lstatSync(source).isDirectory()).toBe(true);
  });

  test("a subpath stays inside its volume, whatever links lie there", async () => {
    const volumes = scratchVolumes();
    await volumes.create({ name: "vol" });
    mkdirSync(join(volumes.path("vol"), "sub"));
    symlinkSync("/etc", join(volumes.path("vol"), "out"));
    const at = async (Subpath: string) => {
      const hostConfig: HostConfig = {
        Mounts: [{ Type: "volume", Source: "vol", Target: "/x", VolumeOptions: { Subpath } }],
      };
      const mounts = await resolveMounts({ config: {}, hostConfig, volumes, container: nobody });
      return prepareMounts({ mounts, hostConfig } as ContainerRecord, volumes)[0]?.source;
    };
    expect(await at("sub")).toBe(join(volumes.path("vol"), "sub"));
    await expect(at("out")).rejects.toThrow("cannot access path");
    await expect(at("../..")).rejects.toThrow("must stay inside");
  });

  test("--tmpfs becomes a mount with Docker's defaults", async () => {
    expect((await prepare({ Tmpfs: { "/run": "size=1m,exec" } })).prepared).toEqual([
      {
        destination: "/run",
        type: "tmpfs",
        source: "tmpfs",
        options: ["nosuid", "nodev", "size=1m", "exec"],
      },
    ]);
  });
});

describe("populateVolumes", () => {
  test("an empty volume gets the image's files as they are, a used one keeps its own", async () => {
    const rootfs = scratch();
    mkdirSync(join(rootfs, "data"), { mode: 0o750 });
    chownSync(join(rootfs, "data"), 12, 34);
    writeFileSync(join(rootfs, "data/file"), "content", { mode: 0o640 });
    linkSync(join(rootfs, "data/file"), join(rootfs, "data/hard"));
    symlinkSync("/etc/passwd", join(rootfs, "data/soft"));
    const { mounts, volumes } = await resolve({ Binds: ["vol:/data"] });
    await populateVolumes(mounts, rootfs, volumes);
    const path = volumes.path("vol");
    expect(readFileSync(join(path, "file"), "utf8")).toBe("content");
    expect(lstatSync(join(path, "file")).nlink).toBe(2);
    expect(readlinkSync(join(path, "soft"))).toBe("/etc/passwd");
    expect(lstatSync(path)).toMatchObject({ uid: 12, gid: 34 });
    expect(lstatSync(path).mode & 0o777).toBe(0o750);
    writeFileSync(join(rootfs, "data/file"), "newer");
    await populateVolumes(mounts, rootfs, volumes);
    expect(readFileSync(join(path, "file"), "utf8")).toBe("content");
  });

  test("a link at the volume's place does not copy the host's files", async () => {
    const rootfs = scratch();
    symlinkSync("/etc", join(rootfs, "data"));
    const { mounts, volumes } = await resolve({ Binds: ["vol:/data"] });
    await populateVolumes(mounts, rootfs, volumes);
    expect(volumes.local.isEmpty("vol")).toBe(true);
  });
});

test.each([
  ["", ["noexec", "nosuid", "nodev"]],
  ["rw,exec,size=5m,size=6m", ["nosuid", "nodev", "rw", "exec", "size=6m"]],
])("tmpfs options %j", (text, options) => {
  expect(parseTmpfsOptions(text)).toEqual(options);
});

test("an unknown tmpfs option is named", () => {
  expect(() => parseTmpfsOptions("bogus=1")).toThrow('invalid tmpfs option ["bogus=1"]');
});
