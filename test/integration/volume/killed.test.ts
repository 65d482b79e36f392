import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { slipwayPath, until } from "../../support/engine.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

/** Programs of the engine that have done their work, and do not end while the gate is shut. */
const gates = mkdtempSync("/tmp/slipway-gates-");
const gate = (program: string) => join(gates, `${program}.shut`);
const reached = (program: string) => join(gates, `${program}.reached`);
for (const program of ["cp", "sync"]) {
  const script = [
    "#!/bin/sh",
    `${Bun.which(program)} "$@"; status=$?`,
    `if [ -e ${gate(program)} ]; then touch ${reached(program)}; fi`,
    `while [ -e ${gate(program)} ]; do sleep 0.02; done`,
    "exit $status",
  ];
  writeFileSync(join(gates, program), `${script.join("\n")}\n`);
  chmodSync(join(gates, program), 0o755);
}
afterAll(() => rmSync(gates, { recursive: true, force: true }));

const fixture = withEngine({ env: { PATH: `${gates}:${process.env.PATH}` } });
const call = (args: string[]) => fixture.engine.slipway(args);
const ok = async (args: string[]) => must(await call(args)).stdout.trim();
const root = () => join(fixture.engine.dataRoot, "volumes");
const inside = (volume: string, script: string) =>
  ok(["run", "--rm", "-v", `${volume}:/v`, "busybox", "sh", "-c", `cd /v; ${script}`]);
const files = (volume: string) => inside(volume, "cat f");

/** With so many files that they are brought to the disk all at once. */
async function filled(): Promise<string> {
  const name = uniqueName("v");
  await inside(name, "echo one >f; mkdir many; cd many; touch $(seq 100)");
  return name;
}

/** Everything below the volumes' directory that is not a volume, or not of a finished one. */
const leftovers = () =>
  readdirSync(root()).flatMap((name) => {
    if (name.startsWith(".")) return [name];
    return readdirSync(join(root(), name)).filter((entry) => entry.startsWith("."));
  });

/** Kills the engine when `verb` has come to the end of a program, and starts the next one. */
async function killedAt(program: string, verb: string[]): Promise<void> {
  writeFileSync(gate(program), "");
  const outcome = call(verb);
  await until(`${program} is done`, () => existsSync(reached(program)));
  expect(leftovers()).toHaveLength(1);
  await fixture.engine.kill();
  for (const file of [gate(program), reached(program)]) rmSync(file);
  expect((await outcome).code).not.toBe(0);
  await fixture.engine.start();
  await until("what was begun is deleted", () => leftovers().length === 0);
}

describe("an engine that is killed in the middle of", () => {
  test.each(["cp", "sync"])("a clone (%s) leaves none", async (program) => {
    const [name, to] = [await filled(), uniqueName("v")];
    await killedAt(program, ["volume", "clone", name, to]);
    expect((await call(["volume", "inspect", to])).stderr).toContain("no such volume");
    expect(await files(name)).toBe("one");
    await ok(["volume", "clone", name, to]);
    expect(await files(to)).toBe("one");
  });

  test.each(["cp", "sync"])("a snapshot (%s) leaves none", async (program) => {
    const name = await filled();
    await killedAt(program, ["volume", "snapshot", name, "first"]);
    expect(await ok(["volume", "snapshot", "ls", name])).not.toContain("first");
    await ok(["volume", "snapshot", name, "first"]);
  });

  test.each(["cp", "sync"])("a restore (%s) leaves the volume as it was", async (program) => {
    const name = await filled();
    await ok(["volume", "snapshot", name, "first"]);
    await inside(name, "echo two >f");
    await killedAt(program, ["volume", "restore", name, "first"]);
    expect(await files(name)).toBe("two");
    await ok(["volume", "restore", name, "first"]);
    expect(await files(name)).toBe("one");
  });

  test("an import leaves no volume, or the one that was", async () => {
    const [name, to] = [await filled(), uniqueName("v")];
    const file = join(fixture.engine.root, `${name}.tar`);
    await ok(["volume", "export", "-o", file, name]);
    await killedAt("sync", ["volume", "import", file, to]);
    expect((await call(["volume", "inspect", to])).stderr).toContain("no such volume");
    await inside(name, "echo two >f");
    await killedAt("sync", ["volume", "import", "--replace", file, name]);
    expect(await files(name)).toBe("two");
    await ok(["volume", "import", "--replace", file, name]);
    expect(await files(name)).toBe("one");
  });

  test("an import whose archive is still coming leaves nothing", async () => {
    const [name, to] = [await filled(), uniqueName("v")];
    await inside(name, "head -c 4000000 /dev/urandom >big");
    const file = join(fixture.engine.root, `${name}.tar`);
    await ok(["volume", "export", "-o", file, name]);
    const client = Bun.spawn([slipwayPath, "-H", fixture.engine.host, "volume", "import", "-", to], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    client.stdin.write(readFileSync(file).subarray(0, 2_000_000));
    await client.stdin.flush();
    const arrived = () => leftovers().some((entry) => existsSync(join(root(), entry, "_data", "big")));
    await until("a part is there", arrived);
    await fixture.engine.kill();
    expect(await client.exited).not.toBe(0);
    await fixture.engine.start();
    await until("the part is deleted", () => leftovers().length === 0);
    expect((await call(["volume", "inspect", to])).stderr).toContain("no such volume");
  });

  test("an export leaves the volume, and no file that looks like an archive", async () => {
    const name = await filled();
    await inside(name, "head -c 60000000 /dev/zero >big");
    const client = Bun.spawn([slipwayPath, "-H", fixture.engine.host, "volume", "export", name], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    // Nobody reads on: the rest of it waits.
    const reader = client.stdout.getReader();
    await reader.read();
    const file = join(fixture.engine.root, `${name}.tar`);
    await fixture.engine.kill();
    // What it has got already it writes as long as somebody may read it.
    while (!(await reader.read()).done);
    expect(await client.exited).not.toBe(0);
    expect((await call(["volume", "export", "-o", file, name])).code).not.toBe(0);
    expect(existsSync(file)).toBe(false);
    await fixture.engine.start();
    expect(await inside(name, "cat f; wc -c <big")).toBe("one\n60000000");
    await ok(["volume", "rm", name]);
  });

  test("a copy lets the containers go on that were paused for it", async () => {
    const name = await filled();
    const container = await ok(["run", "-d", "--init", "-v", `${name}:/v`, "busybox", "sleep", "1000"]);
    const paused = await ok(["run", "-d", "--init", "-v", `${name}:/v`, "busybox", "sleep", "1000"]);
    await ok(["pause", paused]);
    await killedAt("cp", ["volume", "clone", "--pause", name, uniqueName("v")]);
    expect(await ok(["inspect", "-f", "{{.State.Status}}", container, paused])).toBe("running\npaused");
    expect(await ok(["exec", container, "cat", "/v/f"])).toBe("one");
    await ok(["rm", "-f", container, paused]);
  });
});

describe("a rename at which the engine is killed", () => {
  const database = () => join(fixture.engine.dataRoot, "state.db-wal");
  const cases: [string, (name: string) => string, string, "old" | "new"][] = [
    ["before it is decided", database, "/^(pwrite64|write|pwritev)$", "old"],
    ["before the directory follows", (name) => join(root(), name), "/^rename", "new"],
    ["before that is on disk", root, "/^f(data)?sync$", "new"],
  ];
  test.each(cases)("%s is not half done", async (_when, path, call_, expected) => {
    const [name, to] = [await filled(), uniqueName("v")];
    const container = await ok(["create", "-v", `${name}:/v`, "busybox", "cat", "/v/f"]);
    const trace = Bun.spawn(
      [
        ...["strace", "-f", "-o", "/dev/null", "-p", String(fixture.engine.pid), "-P", path(name)],
        ...["-e", `inject=${call_}:signal=KILL:when=1`],
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    const said = trace.stderr.getReader();
    await said.read();
    expect((await call(["volume", "rename", name, to])).code).not.toBe(0);
    await said.cancel();
    await trace.exited;
    await fixture.engine.kill();
    await fixture.engine.start();
    const [is, isNot] = expected === "old" ? [name, to] : [to, name];
    expect(await ok(["inspect", "-f", "{{range .Mounts}}{{.Name}}{{end}}", container])).toBe(is);
    expect((await call(["volume", "inspect", isNot])).stderr).toContain("no such volume");
    expect(await ok(["start", "-a", container])).toBe("one");
    await ok(["rm", container]);
    await ok(["volume", "rm", is]);
  });
});
