import { afterAll, afterEach, describe, expect, test } from "bun:test";
import {
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ContainerConfig, HostConfig } from "../../../api/index.ts";
import { notFound } from "../../../errors/index.ts";
import { unmountBelow } from "../../../os/mount.ts";
import { removeScratch, scratchDirectory } from "../../../os/testing.ts";
import { scratchVolumes } from "../../../volumes/volumes.fixture.ts";
import type { ResolvedImage } from "../../context.ts";
import { ContainerPaths } from "../../paths.ts";
import type { ContainerMount, ContainerRecord } from "../record.ts";
import { testRecord } from "../testing.ts";
import { parseBind } from "./bind.ts";
import { populateVolumes } from "./populate.ts";
import { prepareMounts } from "./prepare.ts";
import { anonymousLabel, resolveMounts } from "./resolve.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";

afterAll(removeScratch);

const images = {
  resolve: async (reference: string): Promise<ResolvedImage> => {
    if (reference !== "tools") throw notFound(`no such image: ${reference}`);
    return { id: "sha256:1", chainId: "sha256:2", config: {}, os: "linux", architecture: "amd64" };
  },
};
const surroundings = { images, dataRoot: "/engine/data" };

const scratch = () => scratchDirectory("mounts");

async function resolve(hostConfig: HostConfig, config: ContainerConfig = {}, volumes = scratchVolumes()) {
  const others: Record<string, ContainerRecord> = {
    donor: {
      mounts: await resolveMounts({
        config: {},
        hostConfig: { Binds: ["shared:/data"] },
        volumes,
        ...surroundings,
        container: nobody,
      }),
    } as ContainerRecord,
  };
  const container = (ref: string) => others[ref] ?? nobody();
  return {
    mounts: await resolveMounts({ config, hostConfig, volumes, container, ...surroundings }),
    volumes,
  };
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
    ["/a:/b:U,ro", { chown: true, readOnly: true }],
    ["vol:/b:O", { overlay: true }],
    ["/a:/b:uid=1000,gid=0", { owner: { uid: 1000, gid: 0 } }],
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
    "/a:/b:ro,rw",
    "/a:/b:z,Z",
    "/a:/b:uid=",
    "/a:/b:uid=-1",
    "/a:/b:gid=4294967295",
    "/a:/b:uid=1,U",
    "/a:/b:O,rshared",
    "/a:/b:rslave,uid=5",
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
    expect(mounts[0]?.options).toContain("rro");
  });

  test("of several containers the last has a place; what a container took over is handed on", async () => {
    const volumes = scratchVolumes();
    const records: Record<string, ContainerRecord> = {};
    const container = (ref: string) => records[ref] ?? nobody();
    const make = async (name: string, hostConfig: HostConfig) => {
      const mounts = await resolveMounts({ config: {}, hostConfig, volumes, container, ...surroundings });
      records[name] = testRecord({ name, mounts });
      return mounts.map(({ point }) => [point.Name ?? point.Source, point.Destination, point.RW]);
    };
    await make("one", { Binds: ["first:/data", "/tmp:/host:ro"] });
    await make("two", { Binds: ["second:/data", "third:/more"] });
    const both = await make("three", { VolumesFrom: ["one", "two:ro"] });
    expect(both).toEqual([
      ["second", "/data", false],
      ["/tmp", "/host", false],
      ["third", "/more", false],
    ]);
    const again = await make("four", { VolumesFrom: ["three:rw", "one:z"], Binds: ["own:/more"] });
    expect(again).toEqual([
      ["own", "/more", true],
      ["first", "/data", true],
      ["/tmp", "/host", false],
    ]);
  });

  test.each(["donor:shared", "donor:nocopy", "donor:U", "donor:what", ":ro", "donor:ro:x"])(
    "--volumes-from %s is refused",
    async (spec) => {
      await expect(resolve({ VolumesFrom: [spec] })).rejects.toThrow(/invalid/);
    },
  );

  test("what holds the engine's data is no private mount", async () => {
    await expect(resolve({ Binds: ["/engine:/x:rprivate"] })).rejects.toThrow("must use either propagation");
    await expect(resolve({ Binds: ["/engine/data/x:/x:slave"] })).rejects.toThrow("within the daemon root");
    const { mounts } = await resolve({ Binds: ["/engine/database:/x:private"] });
    expect(mounts[0]?.point.Propagation).toBe("private");
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
    [{ Type: "tmpfs", Target: "/x", Chown: true }, "are for bind mounts and volumes"],
    [{ Type: "tmpfs", Target: "/x", TmpfsOptions: { SizeBytes: -1 } }, "size -1 is below 0"],
    [{ Type: "bind", Target: "/x" }, "field Source must not be empty"],
    [{ Type: "bind", Source: "/", Target: "/x", UID: -1 }, "UID -1 is not an id"],
    [
      { Type: "bind", Source: "/tmp", Target: "/x", BindOptions: { Propagation: "odd" } },
      "invalid propagation mode: odd",
    ],
    [
      { Type: "bind", Source: "/tmp", Target: "/x", BindOptions: { ReadOnlyNonRecursive: true } },
      "mount options conflict: !ReadOnly",
    ],
    [{ Type: "image", Target: "/x" }, "field Source must not be empty"],
    [{ Type: "image", Source: "none", Target: "/x" }, "no such image: none"],
    [
      { Type: "image", Source: "tools", Target: "/x", ImageOptions: { Subpath: "../x" } },
      "a relative path within the image",
    ],
    [{ Type: "image", Source: "tools", Target: "/x", UID: 5 }, "are for bind mounts and volumes"],
    [
      { Type: "volume", Source: "v", Target: "/x", VolumeOptions: { Subpath: "/abs" } },
      "a relative path within the volume",
    ],
    [{ Type: "volume", Target: "/x", VolumeOptions: { Subpath: "a" } }, "anonymous volumes"],
    [{ Type: "volume", Source: "../up", Target: "/x" }, "invalid characters for a local volume name"],
  ] as const)("%j is refused", async (mount, message) => {
    await expect(resolve({ Mounts: [mount] })).rejects.toThrow(message);
  });
});

describe("prepareMounts", () => {
  const bundles: string[] = [];
  afterEach(() => {
    for (const bundle of bundles.splice(0)) unmountBelow(bundle);
  });
  const recordOf = (mounts: ContainerMount[], hostConfig: HostConfig) =>
    testRecord({ mounts, hostConfig, config: { User: "77:78" } });
  const roomsOf = (volumes: ReturnType<typeof scratchVolumes>) => {
    const [root, directory] = [scratch(), scratch()];
    const paths = new ContainerPaths(directory, join(directory, "bundle"), "id");
    mkdirSync(paths.bundle);
    bundles.push(paths.bundle);
    return { volumes, root, paths, rootfs };
  };
  const rootfs = {
    mountImage: async (_id: string, _at: number, chain: string | undefined, target: string) => {
      mkdirSync(join(target, chain ?? "none", "bin"), { recursive: true });
    },
  };

  const prepare = async (hostConfig: HostConfig) => {
    const { mounts, volumes } = await resolve(hostConfig);
    return { prepared: await prepareMounts(recordOf(mounts, hostConfig), roomsOf(volumes)), volumes };
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
    writeFileSync(join(volumes.path("vol"), "sub", "file"), "");
    symlinkSync("/etc", join(volumes.path("vol"), "out"));
    const at = async (Subpath: string) => {
      const hostConfig: HostConfig = {
        Mounts: [{ Type: "volume", Source: "vol", Target: "/x", VolumeOptions: { Subpath } }],
      };
      const mounts = await resolveMounts({
        config: {},
        hostConfig,
        volumes,
        container: nobody,
        ...surroundings,
      });
      return (await prepareMounts(recordOf(mounts, hostConfig), roomsOf(volumes)))[0]?.source;
    };
    const seen = (await at("sub")) ?? "";
    // What takes its place now is not what is mounted.
    renameSync(join(volumes.path("vol"), "sub"), join(volumes.path("vol"), "former"));
    symlinkSync("/etc", join(volumes.path("vol"), "sub"));
    expect(readdirSync(seen)).toEqual(["file"]);
    await expect(at("out")).rejects.toThrow("cannot access path");
    await expect(at("../..")).rejects.toThrow("a relative path within the volume");
  });

  test("a tmpfs mount has its size, mode, owner and access", async () => {
    const TmpfsOptions = { SizeBytes: 4096, Mode: 0o1750, Options: [["exec"]] };
    const mount = { Type: "tmpfs", Target: "/x", ReadOnly: true, UID: 5, TmpfsOptions } as const;
    const { prepared } = await prepare({ Mounts: [mount] });
    expect(prepared[0]?.options?.toSorted()).toEqual(
      ["exec", "mode=1750", "nodev", "nosuid", "ro", "size=4096", "uid=5"].toSorted(),
    );
  });

  test("an image is mounted in the bundle, with a subpath inside", async () => {
    const image = { Type: "image", Source: "tools", Target: "/x" } as const;
    const { prepared } = await prepare({ Mounts: [{ ...image, ImageOptions: { Subpath: "sha256:2/bin" } }] });
    expect(prepared[0]?.source).toEndWith("bundle/mounts/0.subpath");
    expect(prepared[0]?.options).toContain("rro");
    const none = prepare({ Mounts: [{ ...image, ImageOptions: { Subpath: "none" } }] });
    await expect(none).rejects.toThrow("cannot access path");
  });

  test("U gives the source to the container's user, but not what the host needs", async () => {
    const source = scratch();
    writeFileSync(join(source, "file"), "");
    symlinkSync("/etc/hostname", join(source, "link"));
    await prepare({ Binds: [`${source}:/x:U`] });
    for (const path of [source, join(source, "file"), join(source, "link")])
      expect(lstatSync(path)).toMatchObject({ uid: 77, gid: 78 });
    expect(lstatSync("/etc/hostname").uid).toBe(0);
    await expect(prepare({ Binds: ["/usr/:/x:U"] })).rejects.toThrow("which the host needs");
  });

  test("O keeps writes apart, under names with any sign, and lets uid= show another owner", async () => {
    const source = join(scratch(), "a:b,c\\d");
    mkdirSync(source, { mode: 0o751 });
    writeFileSync(join(source, "file"), "old");
    chownSync(source, 5, 6);
    const volumes = scratchVolumes();
    const rooms = roomsOf(volumes);
    const overlay = { Type: "bind", Source: source, Target: "/x", Overlay: true, UID: 9 } as const;
    const hostConfig: HostConfig = { Mounts: [overlay] };
    const mounts = await resolveMounts({
      config: {},
      hostConfig,
      volumes,
      container: nobody,
      ...surroundings,
    });
    try {
      for (const before of ["old", "new"]) {
        const [mount] = await prepareMounts(recordOf(mounts, hostConfig), rooms);
        const seen = mount?.source ?? "";
        expect(statSync(seen)).toMatchObject({ uid: 9, gid: 6, mode: 0o40751 });
        expect(readFileSync(join(seen, "file"), "utf8")).toBe(before);
        writeFileSync(join(seen, "file"), "new");
        expect(readFileSync(join(source, "file"), "utf8")).toBe("old");
        unmountBelow(rooms.paths.bundle);
      }
    } finally {
      unmountBelow(rooms.paths.bundle);
    }
    const file = join(scratch(), "file");
    writeFileSync(file, "");
    await expect(prepare({ Binds: [`${file}:/x:O`] })).rejects.toThrow("is a file");
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
