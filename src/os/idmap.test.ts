import { expect, test } from "bun:test";
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exchanged, mountIdMapped } from "./idmap.ts";
import { unmount, unmountBelow } from "./mount.ts";

test.each([
  [0, 1000, "0 1000 1|1 1 999|1000 0 1|1001 1001 4294966294"],
  [1000, 0, "0 1000 1|1 1 999|1000 0 1|1001 1001 4294966294"],
  [7, 8, "0 0 7|7 8 1|8 7 1|9 9 4294967286"],
  [5, 5, "0 0 4294967295"],
])("%i and %i exchanged", (one, other, expected) => {
  expect(
    exchanged(one, other)
      .map((range) => range.join(" "))
      .join("|"),
  ).toBe(expected);
});

test("an id-mapped mount shows and takes other owners, and what lies below a directory can be unmounted", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "slipway-idmap-"));
  const [source, target] = [join(scratch, "source"), join(scratch, "target")];
  for (const path of [source, target]) mkdirSync(path);
  writeFileSync(join(source, "theirs"), "");
  chownSync(join(source, "theirs"), 1234, 1235);
  try {
    const [uids, gids] = [exchanged(1234, 0), exchanged(1235, 0)];
    await mountIdMapped({ source, target, recursive: true, uids, gids });
    expect(statSync(join(target, "theirs"))).toMatchObject({ uid: 0, gid: 0 });
    writeFileSync(join(target, "new"), "");
    expect(statSync(join(source, "new"))).toMatchObject({ uid: 1234, gid: 1235 });
    unmountBelow(scratch);
    expect(unmount(target)).toBe(false);
    expect(statSync(join(source, "new")).uid).toBe(1234);
  } finally {
    unmountBelow(scratch);
    rmSync(scratch, { recursive: true });
  }
});

test("a file system without id-mapped mounts is named", async () => {
  const target = mkdtempSync(join(tmpdir(), "slipway-idmap-"));
  const mapped = mountIdMapped({
    source: "/proc",
    target,
    recursive: false,
    uids: exchanged(0, 1),
    gids: exchanged(0, 1),
  });
  await expect(mapped).rejects.toThrow("cannot show other owners of /proc");
  rmSync(target, { recursive: true });
});
