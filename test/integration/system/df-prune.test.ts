import { expect, test } from "bun:test";
import { created, running } from "../../support/containers.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("system df and prune:", fixture, (line) => {
  const { ok } = line;

  test("df counts and measures each kind", async () => {
    const volume = uniqueName("v");
    await using container = await running(
      line,
      "head -c 3000000 /dev/zero > /f; head -c 2000000 /dev/zero > /v/f; sleep 1000",
      "-v",
      `${volume}:/v`,
    );
    await container.exec("until [ $(stat -c %s /v/f) = 2000000 ]; do sleep 0.02; done");
    await using _stopped = await created(line, "true");
    const rows = (
      await ok(["system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Active}}|{{.Size}}"])
    ).split("\n");
    expect(rows[0]).toMatch(/^Images\|1\|1\|[\d.]+MB$/);
    expect(rows[1]).toMatch(/^Containers\|2\|1\|3(\.\d+)?MB$/);
    expect(rows[2]).toMatch(/^Local Volumes\|1\|1\|2(\.\d+)?MB$/);
    expect(rows[3]).toMatch(/^Build Cache\|0\|0\|0B$/);
    const header = (await ok(["system", "df"])).split("\n")[0] ?? "";
    expect(header.split(/ {2,}/)).toEqual(["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"]);
    const verbose = await ok(["system", "df", "-v"]);
    expect(verbose).toContain("Images space usage:");
    expect(verbose).toContain(container.name);
    expect(verbose).toContain(volume);
    await ok(["rm", "-f", container.name]);
    await ok(["volume", "rm", volume]);
  });

  test("prune takes stopped containers and dangling images, with --volumes anonymous volumes too", async () => {
    await using kept = await running(line, "sleep 1000");
    const stopped = await ok(["create", "busybox"]);
    const builder = await ok(["create", "busybox"]);
    const dangling = await ok(["commit", builder]);
    const anonymous = await ok(["volume", "create"]);
    const named = uniqueName("v");
    await ok(["volume", "create", named]);
    const output = await ok(["system", "prune", "-f"]);
    expect(output).toContain("Deleted Containers:");
    expect(output).toContain(stopped);
    expect(output).toContain(`deleted: ${dangling}`);
    expect(output).toMatch(/Total reclaimed space: .*B$/);
    expect(await ok(["volume", "ls", "-q"])).toContain(anonymous);
    expect(await ok(["system", "prune", "-f", "--volumes"])).toContain(anonymous);
    expect(await ok(["volume", "ls", "-q"])).toBe(named);
    expect(await kept.status()).toBe("running");
    await ok(["volume", "rm", named]);
  });
});
