import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { command, until } from "../../support/engine.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const root = () => join(fixture.engine.dataRoot, "volumes");
const data = (name: string) => join(root(), name, "_data");
const onHost = async (...argv: string[]) =>
  must(await command(["nsenter", "-t", String(fixture.engine.pid), "-m", "--", ...argv])).stdout.trim();

/** An image with what a script makes in it. */
async function imageOf(script: string): Promise<string> {
  const name = uniqueName("image");
  must(await fixture.engine.slipway(["run", "--name", name, "busybox", "sh", "-c", script]));
  must(await fixture.engine.slipway(["commit", name, name]));
  must(await fixture.engine.slipway(["rm", name]));
  return name;
}

/** The process that the engine has started for one of its own internal commands. */
function childOfEngine(command: string): number | undefined {
  const pid = String(fixture.engine.pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return children
    .filter(Boolean)
    .map(Number)
    .find((child) => {
      const file = `/proc/${child}/cmdline`;
      return existsSync(file) && readFileSync(file, "utf8").split("\0").includes(command);
    });
}

throughBoth("copy-up:", fixture, ({ call, ok }) => {
  test("owners, modes, links, holes, special files and times come along, and not with nocopy", async () => {
    const image = await imageOf(
      "mkdir -p /data/d && cd /data && echo one > d/f && ln d/f g && ln -s d/f s && mkfifo p && " +
        "truncate -s 4194304 hole && chown 12:34 d/f && chmod 4711 d/f && touch -d '2001-02-03 04:05:06' d/f && " +
        "chown 7:8 . && chmod 1750 .",
    );
    const list = "cd /data && find . | sort | xargs stat -c '%n %a %u:%g %F %h %s %b %Y'";
    const original = await ok(["run", "--rm", image, "sh", "-c", list]);
    const [copied, bare] = [uniqueName("v"), uniqueName("v")];
    const seen = await ok(["run", "--rm", "-v", `${copied}:/data`, image, "sh", "-c", list]);
    const withoutBlocks = (text: string) => text.replace(/ \d+ (\d+)$/gm, " $1");
    const directories = / directory .*$/gm;
    expect(withoutBlocks(seen).replace(directories, "")).toBe(
      withoutBlocks(original).replace(directories, ""),
    );
    expect(await ok(["run", "--rm", "-v", `${bare}:/data:nocopy`, image, "ls", "/data"])).toBe("");
    await ok(["volume", "rm", copied, bare]);
  });

  test("on a full disk nothing is started, and the volume stays empty until there is room", async () => {
    const image = await imageOf(
      "mkdir /data; for i in 1 2 3 4 5 6 7 8; do head -c 1048576 /dev/zero | tr '\\0' x > /data/$i; done",
    );
    await onHost("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", root());
    try {
      const [name, container] = [uniqueName("v"), uniqueName()];
      const create = ["create", "--name", container, "-v", `${name}:/data`, image, "true"];
      const full = await call(create);
      expect(full.code).not.toBe(0);
      expect(full.stderr).toContain(
        `cannot fill the volume ${name} from the image: no space left on device; make room and try again`,
      );
      expect(await ok(["ps", "-aq", "--filter", `name=${container}`])).toBe("");
      expect(await onHost("ls", "-A", data(name))).toBe("");
      expect(await onHost("ls", "-A", join(root(), name))).not.toContain(".filling");
      await onHost("mount", "-o", "remount,size=20m", root());
      await ok(create);
      expect(await onHost("ls", data(name))).toBe("1\n2\n3\n4\n5\n6\n7\n8");
      await ok(["rm", container]);
      await ok(["volume", "rm", name]);
    } finally {
      await onHost("umount", "-l", root());
    }
  });
});

test("an engine that is killed meanwhile leaves the volume empty, and the next one fills it", async () => {
  const { engine } = fixture;
  const image = await imageOf("mkdir /data; for i in $(seq 3000); do echo $i > /data/$i; done");
  const name = uniqueName("v");
  const create = ["create", "-v", `${name}:/data`, image, "true"];
  const creating = engine.slipway(create);
  let copier = 0;
  await until("it is being filled", () => {
    const place = join(root(), name);
    const begun = existsSync(place) && readdirSync(place).some((entry) => entry.startsWith(".filling"));
    if (begun) copier = childOfEngine("volume-copy") ?? 0;
    return copier > 0;
  });
  // It is still at it when the engine goes, and must not be when the next one comes.
  process.kill(copier, "SIGSTOP");
  await engine.kill();
  await creating;
  await until("who filled it is gone", () => !existsSync(`/proc/${copier}`));
  expect(readdirSync(data(name))).toEqual([]);
  await engine.start();
  const id = must(await engine.slipway(create)).stdout.trim();
  expect(readdirSync(data(name)).length).toBe(3000);
  must(await engine.slipway(["rm", id]));
  must(await engine.slipway(["volume", "rm", name]));
});
