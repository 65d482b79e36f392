import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestEngine } from "../../support/engine.ts";
import { must, throughBoth, withEngine } from "../../support/suite.ts";

setDefaultTimeout(120_000);

/** Layers that an engine has mounted. */
function mountedLayers({ pid, dataRoot }: TestEngine): number {
  const rows = readFileSync(`/proc/${pid}/mountinfo`, "utf8").split("\n");
  return rows.filter((row) => row.includes(" - erofs ") && row.includes(` ${dataRoot}/snapshots/`)).length;
}

const layerFiles = ({ dataRoot }: TestEngine) => [
  ...new Bun.Glob("*/layer.{erofs,tar}").scanSync(join(dataRoot, "snapshots")),
];

describe.each(["erofs", "overlay2"])("with --storage-driver %s", (driver) => {
  const fixture = withEngine({ flags: [`--storage-driver=${driver}`] });
  const isImage = driver === "erofs";

  throughBoth("containers", fixture, ({ ok, name }) => {
    test("see and change an image's files", async () => {
      const container = `${driver}-${name}`;
      const script = `test -x /bin/busybox && [ "$(stat -c %d /bin)" = "$(stat -c %d /bin/busybox)" ]
        echo new > /new; rm /bin/cat; echo more >> /etc/passwd; mknod /tmp/zero c 1 5; head -c 3 /tmp/zero | wc -c`;
      expect(await ok(["run", "--name", container, "busybox", "sh", "-ec", script])).toBe("3");
      const changed = (await ok(["diff", container])).split("\n");
      for (const line of ["A /new", "D /bin/cat", "C /etc/passwd", "C /bin"]) expect(changed).toContain(line);
      await ok(["commit", container, `${container}:kept`]);
      const seen = [
        "run",
        "--rm",
        `${container}:kept`,
        "sh",
        "-c",
        "cat /new || busybox cat /new; ls -l /tmp/zero",
      ];
      expect(await ok(seen)).toMatch(/^new\ncrw.* 1, +5 /);
      await ok(["rm", container]);
      await ok(["rmi", `${container}:kept`]);
    });

    test("info says how layers are kept", async () => {
      const status = JSON.parse(await ok(["info", "--format", "{{json .DriverStatus}}"]));
      expect(status).toContainEqual(["Layers", isImage ? "EROFS images" : "Directories"]);
      expect(await ok(["info", "--format", "{{.Driver}}"])).toBe("overlay2");
    });
  });

  test("layers are files or are not", () => {
    expect(layerFiles(fixture.engine)).toHaveLength(isImage ? 2 : 0);
    expect(mountedLayers(fixture.engine)).toBe(isImage ? 1 : 0);
  });
});

test("images survive their engine's death under a running container, and go with their image", async () => {
  const engine = await TestEngine.start({ flags: ["--storage-driver=erofs"] });
  const ok = async (...args: string[]) => must(await engine.slipway(args)).stdout.trim();
  await ok("image", "bootstrap", "busybox");
  await ok("run", "-d", "--name", "runs", "busybox", "sleep", "1000");
  const sum = await ok("exec", "runs", "md5sum", "/bin/busybox");
  await engine.kill();
  await engine.start();
  expect(await ok("exec", "runs", "md5sum", "/bin/busybox")).toBe(sum);
  expect(await ok("diff", "runs")).toBe("");
  expect(await ok("run", "--rm", "busybox", "echo", "fine")).toBe("fine");
  expect(mountedLayers(engine)).toBe(1);
  await ok("rm", "-f", "runs");
  await ok("rmi", "busybox");
  expect(mountedLayers(engine)).toBe(0);
  expect(layerFiles(engine)).toEqual([]);
  expect(readdirSync(join(engine.dataRoot, "content/blobs/sha256"))).toEqual([]);
  await engine.dispose();
  expect(existsSync(engine.root)).toBe(false);
});

test("a data root may have layers of both kinds, and the driver may change", async () => {
  const engine = await TestEngine.start({ flags: ["--storage-driver=erofs"] });
  const ok = async (...args: string[]) => must(await engine.slipway(args)).stdout.trim();
  await ok("image", "bootstrap", "busybox");
  await engine.terminate();
  await engine.start(["--storage-driver=overlay2"]);
  await ok("run", "--name", "writes", "busybox", "sh", "-c", "echo 1 > /one");
  await ok("commit", "writes", "upper");
  expect(await ok("run", "--rm", "upper", "sh", "-c", "cat /one; ls -d /bin/busybox")).toBe(
    "1\n/bin/busybox",
  );
  expect(layerFiles(engine)).toHaveLength(2);
  await engine.dispose();
});
