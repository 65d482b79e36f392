import { expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { command, until } from "../support/engine.ts";
import { type FileSystem, withVolumesOn } from "../support/file-system.ts";
import { must, uniqueName, withEngine } from "../support/suite.ts";

const fixture = withEngine();
const call = (args: string[]) => fixture.engine.slipway(args);
const ok = async (args: string[]) => must(await call(args)).stdout.trim();
const root = () => join(fixture.engine.dataRoot, "volumes");
const data = (volume: string) => join(root(), volume, "_data");
const host = async (script: string, cwd = root()) =>
  must(await command(["sh", "-c", script], { cwd })).stdout.trim();

/** One of everything that a copy could lose. */
const everything = `
  mkdir -p "d/a b"; echo one >"d/a b/f"; ln "d/a b/f" g; ln -s "d/a b/f" s; ln -s /nowhere broken; mkfifo p
  mknod null c 1 3; chown 12:34 g; chmod 4711 g; chown -h 56:78 s; chmod 1770 d
  truncate -s 8M hole; printf x | dd of=hole bs=1 seek=4194304 conv=notrunc status=none
  head -c 3000000 /dev/urandom >big; printf '%s' "$(printf 'n\\nl')" >"new
line"
  setfattr -n user.note -v "a value" big; setfattr -n system.posix_acl_access -v 0x0200000001000700ffffffff02000500570400000400050ffffffff10000500ffffffff20000500ffffffff d; setfattr -n user.dir -v x .; setfattr -n trusted.t -v 0x0001ff d
  touch -hd @1000000000.123456789 s big d/a\\ b; touch -d @1100000000 d; chown 7:8 .; chmod 750 .; touch -d @1200000000 .`;

/** All of it as text: kinds, modes, owners, links, times, contents, and the extended attributes of some kinds. */
const listing = (volume: string, attributes = "user|trusted|system.posix_acl") =>
  host(
    `find . -printf '%P|%y|%m|%U:%G|%n|%l|%T@|' -a \\( -type d -printf '\\n' -o -printf '%s\\n' \\) | sort
     find . -type f | sort | tr '\\n' '\\0' | xargs -0 sha256sum; stat -c %t:%T null
     getfattr -R -h -P -d -e hex -m '^(${attributes})' . | sort; [ g -ef "d/a b/f" ] && echo linked`,
    data(volume),
  );

/** Bytes on disk. */
const blocks = (path: string) => statSync(path).blocks * 512;

test.each<FileSystem>(["ext4", "xfs", "btrfs"])(
  "on %s, clones, snapshots and archives keep everything, and share what can be shared",
  async (type) => {
    await withVolumesOn(fixture.engine, type, async () => {
      const [name, clone, imported] = [uniqueName("v"), uniqueName("v"), uniqueName("v")];
      await ok(["volume", "create", name]);
      await host(everything, data(name));
      const before = await listing(name);
      // Archives have what belongs to a file wherever it is.
      const archived = await listing(name, "user");
      await ok(["volume", "clone", name, clone]);
      expect(await listing(clone)).toBe(before);
      await ok(["volume", "snapshot", name, "first"]);
      await host("rm -rf d g; echo other >big", data(name));
      await ok(["volume", "restore", name, "first"]);
      expect(await listing(name)).toBe(before);
      const archive = join(fixture.engine.root, `${name}.tar.zst`);
      await ok(["volume", "export", "--zstd", "-o", archive, clone]);
      await ok(["volume", "import", archive, imported]);
      expect(await listing(imported, "user")).toBe(archived);
      for (const volume of [clone, name, imported])
        expect(blocks(join(data(volume), "hole"))).toBeLessThan(1 << 20);
      const shared = await host("filefrag -v big", data(clone));
      if (type === "ext4") expect(shared).not.toContain("shared");
      else expect(shared).toContain("shared");
      await host("echo changed >>big", data(clone));
      expect(await listing(name)).toBe(before);
    });
  },
  60_000,
);

test("on a full disk each copy fails, says so, and leaves everything as it was", async () => {
  const mebibytes = 24;
  const full = async () => {
    const [name, small, filler] = [uniqueName("v"), uniqueName("v"), uniqueName("v")];
    for (const volume of [name, small, filler]) await ok(["volume", "create", volume]);
    await host("head -c 5000000 /dev/urandom >big; echo kept >f", data(name));
    await host("echo small >f", data(small));
    const archive = join(fixture.engine.root, `${name}.tar`);
    await ok(["volume", "export", "-o", archive, name]);
    await ok(["volume", "snapshot", name, "first"]);
    await host("echo changed >f", data(name));
    await host("head -c 7000000 /dev/zero >all", data(filler));
    const verbs = [
      ["volume", "clone", name, uniqueName("v")],
      ["volume", "snapshot", name, "second"],
      ["volume", "restore", name, "first"],
      ["volume", "import", archive, uniqueName("v")],
      ["volume", "import", "--replace", archive, small],
    ];
    for (const verb of verbs) {
      const refused = await call(verb);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/no space left on (the disk|device).*system prune/);
      expect(await leftoversGone()).toBe(true);
    }
    expect((await ok(["volume", "ls", "-q"])).split("\n").sort()).toEqual([filler, name, small].sort());
    expect(await ok(["volume", "snapshot", "ls", name])).not.toContain("second");
    expect(await host("cat f", data(name))).toBe("changed");
    expect(await host("cat f", data(small))).toBe("small");
    await ok(["volume", "rm", filler]);
    await until("there is room again", () => !existsSync(join(root(), filler)));
    await ok(["volume", "restore", name, "first"]);
    expect(await host("cat f", data(name))).toBe("kept");
  };
  await withVolumesOn(fixture.engine, "ext4", full, mebibytes);
}, 60_000);

async function leftoversGone(): Promise<boolean> {
  const unfinished = () =>
    readdirSync(root()).flatMap((name) =>
      name.startsWith(".")
        ? [name]
        : readdirSync(join(root(), name)).filter((entry) => entry.startsWith(".")),
    );
  await until("what was begun is deleted", () => unfinished().length === 0);
  return true;
}
