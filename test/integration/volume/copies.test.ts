import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../support/engine.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const ok = async (args: string[]) => must(await call(args)).stdout.trim();
const call = (args: string[]) => fixture.engine.slipway(args);
const root = () => join(fixture.engine.dataRoot, "volumes");
const shell = (volume: string, script: string) =>
  ok(["run", "--rm", "-v", `${volume}:/v`, "busybox", "sh", "-c", script]);

/** Modes, owners, links, holes and times of what a volume has. */
const listing = (volume: string) =>
  shell(
    volume,
    "cd /v && find . | sort | xargs stat -c '%n %a %u:%g %F %h %s %Y'; find . -type f | sort | xargs cat | md5sum",
  );

async function filled(): Promise<string> {
  const name = uniqueName("v");
  await shell(
    name,
    "cd /v && mkdir d && echo one >d/f && ln d/f g && ln -s d/f s && chown 12:34 d/f && chmod 4711 d/f && truncate -s 4194304 hole && mkfifo p && chown 7:8 /v && chmod 750 /v",
  );
  return name;
}

test("a clone has the same files and lives on its own", async () => {
  const [source, target] = [await filled(), uniqueName("v")];
  const before = await listing(source);
  expect(await ok(["volume", "clone", source, target])).toBe(target);
  expect(await listing(target)).toBe(before);
  await shell(target, "echo two >/v/d/f");
  expect(await listing(source)).toBe(before);
  const again = await call(["volume", "clone", source, target]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(`there is a volume ${target} already`);
  expect((await call(["volume", "clone", source, "../x"])).stderr).toContain("invalid characters");
});

test("snapshots are kept, listed, restored and removed", async () => {
  const name = await filled();
  const before = await listing(name);
  expect(await ok(["volume", "snapshot", name, "first"])).toBe("first");
  expect((await call(["volume", "snapshot", name, "first"])).stderr).toContain("already");
  expect((await call(["volume", "snapshot", name, "../first"])).stderr).toContain("not valid");
  await shell(name, "rm -r /v/d && echo new >/v/new");
  await ok(["volume", "restore", name, "first"]);
  expect(await listing(name)).toBe(before);
  expect(await ok(["volume", "snapshot", "ls", name])).toMatch(/^SNAPSHOT +CREATED\nfirst +\d{4}-.*Z$/);
  expect((await call(["volume", "restore", name, "nonesuch"])).stderr).toContain("has no snapshot");
  const id = await ok(["run", "-d", "--init", "-v", `${name}:/v`, "busybox", "sleep", "1000"]);
  const refused = await call(["volume", "restore", name, "first"]);
  expect(refused.stderr).toContain(`in use by running containers`);
  expect(refused.stderr).toContain("stop them");
  await ok(["rm", "-f", id]);
  expect(await ok(["volume", "snapshot", "rm", name, "first"])).toBe("first");
  expect(await ok(["volume", "snapshot", "ls", name])).not.toContain("first");
});

test.each([[[]], [["--zstd"]]])(
  "an export with %j is imported again; a truncated one leaves nothing",
  async (flags) => {
    const [name, target] = [await filled(), uniqueName("v")];
    const file = join(fixture.engine.dataRoot, `${name}.tar`);
    await ok(["volume", "export", ...flags, "-o", file, name]);
    expect(await ok(["volume", "import", file, target])).toBe(target);
    expect(await listing(target)).toBe(await listing(name));
    expect((await call(["volume", "import", file, target])).stderr).toContain("not empty");
    await shell(target, "echo more >/v/more");
    await ok(["volume", "import", "--replace", file, target]);
    expect(await listing(target)).toBe(await listing(name));
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    const lost = uniqueName("v");
    const truncated = await call(["volume", "import", file, lost]);
    expect(truncated.code).toBe(1);
    expect((await call(["volume", "inspect", lost])).code).toBe(1);
    expect((await call(["volume", "import", "--replace", file, target])).code).toBe(1);
    expect(await listing(target)).toBe(await listing(name));
  },
);

test("with --pause the users are paused, and go on afterwards", async () => {
  const name = await filled();
  const id = await ok(["run", "-d", "--init", "-v", `${name}:/v`, "busybox", "sleep", "1000"]);
  await ok(["volume", "clone", "--pause", name, uniqueName("v")]);
  await ok(["volume", "export", "--pause", "-o", join(fixture.engine.dataRoot, `${name}.tar`), name]);
  const events = await ok(["events", "--since", "1h", "--until", "0s", "--filter", `container=${id}`]);
  expect(events.match(/ (un)?pause /g)).toEqual([" pause ", " unpause ", " pause ", " unpause "]);
  expect(await ok(["inspect", "-f", "{{.State.Status}}", id])).toBe("running");
  await ok(["rm", "-f", id]);
});

test("an engine that is killed meanwhile leaves no half of a clone", async () => {
  const [name, target] = [uniqueName("v"), uniqueName("v")];
  await shell(name, "dd if=/dev/zero of=/v/big bs=1M count=300");
  const cloning = call(["volume", "clone", name, target]);
  await until("the copy is under way", () => readdirSync(root()).some((entry) => entry.startsWith(".new-")));
  await fixture.engine.kill();
  expect((await cloning).code).not.toBe(0);
  await fixture.engine.start();
  expect((await call(["volume", "inspect", target])).code).toBe(1);
  await until("the rest is deleted", () => !readdirSync(root()).some((entry) => entry.startsWith(".new-")));
  expect(await ok(["volume", "clone", name, target])).toBe(target);
});
