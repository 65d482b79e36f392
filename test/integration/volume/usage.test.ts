import { expect, test } from "bun:test";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DiskUsageResponse, Volume } from "../../../src/api/index.ts";
import { created, running } from "../../support/containers.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const place = (volume: string) => join(fixture.engine.dataRoot, "volumes", volume);

/** Bytes of a tree's files, each inode once and directories not at all: Docker's count, done anew. */
function bytesOf(directory: string, seen = new Set<number>()): number {
  return readdirSync(directory).reduce((sum, name) => {
    const path = join(directory, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) return sum + bytesOf(path, seen);
    if (seen.has(stat.ino)) return sum;
    seen.add(stat.ino);
    return sum + stat.size;
  }, 0);
}

async function usage(volume: string): Promise<NonNullable<Volume["UsageData"]>> {
  const body = await (await fixture.engine.fetch("/system/df?type=volume")).json();
  const found = (body as DiskUsageResponse).Volumes?.find(({ Name }) => Name === volume);
  if (found?.UsageData === undefined) throw new Error(`${volume} is not listed`);
  return found.UsageData;
}

throughBoth("system df -v", fixture, (line) => {
  const { ok } = line;
  /** Its row in the table of volumes, cell by cell. */
  const row = async (volume: string) => {
    const rows = (await ok(["system", "df", "-v"])).split("\n");
    return (rows.find((each) => each.startsWith(volume)) ?? "").trim().split(/ {2,}/);
  };
  const fill =
    "mkdir d; head -c 1234567 /dev/urandom >d/f; ln d/f g; ln -s d/f s; truncate -s 3000000 hole; mkfifo p";

  test("tells a volume's bytes, its users, its snapshots and its last use", async () => {
    const volume = uniqueName("v");
    await ok(["volume", "create", volume]);
    expect(await usage(volume)).toEqual({ Size: 0, RefCount: 0, Snapshots: { Count: 0, Size: 0 } });
    if (line.name === "slipway") expect(await row(volume)).toEqual([volume, "0", "0B", "0 (0B)", "never"]);
    await ok(["run", "--rm", "-v", `${volume}:/v`, "-w", "/v", "busybox", "sh", "-c", fill]);
    const size = bytesOf(join(place(volume), "_data"));
    expect(size).toBe(1_234_567 + 3_000_000 + "d/f".length);
    await fixture.engine.slipway(["volume", "snapshot", volume, "first"]);
    await ok(["run", "--rm", "-v", `${volume}:/v`, "busybox", "rm", "-r", "/v/d", "/v/g"]);
    await fixture.engine.slipway(["volume", "snapshot", volume, "second"]);
    await using _user = await created(line, "true", "-v", `${volume}:/v`);
    await using _other = await created(line, "true", "-v", `${volume}:/v`);
    const { Size, RefCount, Snapshots, LastUsed = "" } = await usage(volume);
    expect({ Size, RefCount }).toEqual({ Size: bytesOf(join(place(volume), "_data")), RefCount: 2 });
    expect(Snapshots).toEqual({ Count: 2, Size: bytesOf(join(place(volume), "snapshots")) });
    expect(Date.now() - Date.parse(LastUsed)).toBeLessThan(30_000);
    const cells = await row(volume);
    expect(cells.slice(0, 3)).toEqual([volume, "2", "3MB"]);
    if (line.name === "slipway") {
      expect(cells[3]).toBe("2 (7.23MB)");
      expect(cells[4]).toMatch(/^(Less than a|\d+) seconds? ago$/);
    }
  });

  test("the last use is that of the last container, and outlives the engine", async () => {
    const volume = uniqueName("v");
    await ok(["volume", "create", volume]);
    const lastUse = () => ok(["volume", "inspect", "-f", "{{.Status.LastUsed}}", volume]);
    expect(await ok(["volume", "inspect", volume])).not.toContain("LastUsed");
    await using container = await running(line, "sleep 1000", "--init", "-v", `${volume}:/v`);
    const begun = Date.parse(await lastUse());
    expect(Date.now() - begun).toBeLessThan(30_000);
    const pid = Number(await container.inspect("{{.State.Pid}}"));
    await fixture.engine.kill();
    process.kill(pid, "SIGKILL");
    await fixture.engine.start();
    await ok(["wait", container.name]);
    const ended = await lastUse();
    expect(Date.parse(ended)).toBeGreaterThanOrEqual(begun);
    await fixture.engine.kill();
    await fixture.engine.start();
    expect(await lastUse()).toBe(ended);
  });
});
