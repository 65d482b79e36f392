import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyNew } from "./copy-up.ts";

const scratch = mkdtempSync(join(tmpdir(), "slipway-copy-up-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const shell = async (script: string, ...args: string[]) =>
  (await Bun.$`sh -ec ${script} sh ${args}`.quiet()).stdout.toString("latin1");

const listing = (path: string) =>
  shell(
    'cd "$1"; find . -printf "%P %y %m %U:%G %n %s %b %T@ %l\\n" | sort; find . -type f -print0 | sort -z | xargs -0 md5sum; stat -c "%t %T" device',
    path,
  );

test("all that a tree has is copied: links, holes, devices, odd names, owners, modes and nanoseconds", async () => {
  const [source, target] = [join(scratch, "source"), join(scratch, "target")];
  await shell(
    `mkdir "$1" "$1/d"; cd "$1"; echo one > d/f; ln d/f g; ln -s /none s; ln s t; mkfifo p; mknod device c 1 3
     truncate -s 3M hole; echo end >> hole; head -c 700001 /dev/urandom > large; echo x > "$(printf '\\377')"
     cp /bin/true suid; chown -h 5:6 s suid d/f; chmod 4755 suid; chmod 1777 d; chmod 000 large
     touch -h -d '2001-02-03 04:05:06.123456789' s d/f d . `,
    source,
  );
  await copyNew(source, target, "copy");
  expect(await listing(target)).toBe(await listing(source));
});

test("a target that is there is refused, and the signal ends a copy", async () => {
  await expect(copyNew(scratch, scratch, "filling v")).rejects.toThrow("filling v: ");
  const given = AbortSignal.abort();
  await expect(copyNew("/usr", join(scratch, "aborted"), "filling v", given)).rejects.toMatchObject({
    kind: "cancelled",
  });
  expect(existsSync(join(scratch, "aborted", "bin"))).toBe(false);
});
