import { expect, test } from "bun:test";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { created, sleeping } from "../../support/containers.ts";
import { dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";
import { tar } from "../../support/tar.ts";

const fixture = withEngine();

/** What the engine has started and what has not ended: children that copy. */
function copying(): string[] {
  const ofEngine = readdirSync("/proc").filter(
    (pid) => /^\d+$/.test(pid) && parentOf(pid) === fixture.engine.pid,
  );
  return ofEngine.filter((pid) => commandOf(pid).includes("fs-archive"));
}

function parentOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
  } catch {
    return 0;
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

throughBoth("cp that fails in the middle", fixture, (line) => {
  test("for want of room says so, and the engine goes on", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("big"), Buffer.alloc(24 << 20, 1));
    await using container = await sleeping(line, "--tmpfs", "/small:size=2m");
    const full = await line.call(["cp", folder.join("big"), `${container.name}:/small/big`]);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/no space left on device|ENOSPC/i);
    await container.exec("rm /small/big");
    writeFileSync(folder.join("little"), "fits");
    await line.ok(["cp", folder.join("little"), `${container.name}:/small/`]);
    expect((await container.exec("cat /small/little")).stdout).toBe("fits");
    expect(copying()).toEqual([]);
  });

  test("a folder in the way of a file, or a read-only root, is named", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("f"), "x");
    await using container = await created(line, "true", "--read-only", "-v", "/vol", "--tmpfs", "/tmp");
    const refused = await line.call(["cp", folder.join("f"), `${container.name}:/etc/`]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("rootfs is marked read-only") });
    await line.ok(["cp", folder.join("f"), `${container.name}:/vol/`]);
    const archive = tar([{ name: "d/x", data: "x" }]);
    await line.ok(["cp", "-", `${container.name}:/vol`], { stdin: archive });
    const over = await line.call(["cp", "-", `${container.name}:/vol`], {
      stdin: tar([{ name: "d", data: "x" }]),
    });
    expect(over).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot overwrite") });
  });

  test("because whoever asked went away leaves no child", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("huge"), "");
    truncateSync(folder.join("huge"), 40 * 2 ** 30);
    await using container = await sleeping(line);
    const executable = line.name === "slipway" ? slipwayPath : dockerPath;
    const start = (...words: string[]) =>
      Bun.spawn([executable, "-H", fixture.engine.host, "cp", ...words], {
        stdio: ["ignore", "pipe", "pipe"],
      });
    const incoming = start(folder.join("huge"), `${container.name}:/huge`);
    await until("the child takes it", async () => copying().length === 1);
    incoming.kill("SIGKILL");
    await incoming.exited;
    await until("the child is gone", async () => copying().length === 0);
    await container.exec("rm -f /huge; truncate -s 40G /sparse");
    const outgoing = start(`${container.name}:/sparse`, "-");
    await until("the child gives it", async () => copying().length === 1);
    outgoing.kill("SIGKILL");
    await outgoing.exited;
    await until("the child is gone", async () => copying().length === 0);
  });
});

test("SIGKILL of the engine in the middle leaves a container that starts, and no child", async () => {
  const { engine } = fixture;
  using folder = new Folder();
  writeFileSync(folder.join("huge"), "");
  truncateSync(folder.join("huge"), 40 * 2 ** 30);
  writeFileSync(folder.join("f"), "after\n");
  const id = (await engine.slipway(["create", "busybox", "cat", "/f"])).stdout.trim();
  const copy = engine.slipway(["cp", folder.join("huge"), `${id}:/huge`]);
  await until("the child takes it", async () => copying().length === 1);
  const [child = ""] = copying();
  await engine.kill();
  expect((await copy).code).toBe(1);
  await until("the child is gone", async () => commandOf(child) === "");
  await engine.start();
  expect((await engine.slipway(["cp", folder.join("f"), `${id}:/f`])).stderr).toBe("");
  expect((await engine.slipway(["start", "-a", id])).stdout).toBe("after\n");
  expect((await engine.slipway(["rm", id])).code).toBe(0);
});
