import { expect, test } from "bun:test";
import { Folder } from "../../test/support/folder.ts";

test("errno is the call's own where there is no /proc, however much memory is asked for meanwhile", async () => {
  using empty = new Folder();
  const program = `
    import { enterRoot } from "${import.meta.dir}/../layers/child/chroot.ts";
    import { errnoOf } from "${import.meta.dir}/../errors/index.ts";
    import { getXattr } from "${import.meta.dir}/xattr.ts";
    enterRoot("${empty.path}");
    const found = {};
    const kept = [];
    for (let i = 0; i < 20000; i++) {
      kept.push({ i, text: "x".repeat(i % 50) + i });
      try { getXattr("/", "user.none"); } catch (error) { found[errnoOf(error)] = (found[errnoOf(error)] ?? 0) + 1; }
    }
    console.log(JSON.stringify(found));
  `;
  const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
  expect(JSON.parse(await child.stdout.text())).toEqual({ ENODATA: 20000 });
});
