import { afterEach, beforeEach, expect, test } from "bun:test";
import { closeSync, constants, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFifo } from "../os/fd.ts";
import { exists, type ProcessIdentity } from "../os/process.ts";
import { setWindowSize } from "../os/pty.ts";
import { RuntimeBench, readTerminal, until } from "./testing.ts";
import { findWrapper } from "./wrapper.ts";

let bench: RuntimeBench;
beforeEach(() => {
  bench = new RuntimeBench("crun", { announced: false });
});
afterEach(async () => {
  await bench.dispose();
});

/** A program that starts the container like an engine does, says so, and stays until it is killed. */
const engine = `
  const { closeSync, openSync, constants } = require("node:fs");
  const { OciRuntime, StatusDirectory } = await import("${join(import.meta.dir, "index.ts")}");
  const { detectCgroups } = await import("${join(import.meta.dir, "../os/cgroup/index.ts")}");
  const { execRoot, bundle, binary, terminal } = JSON.parse(process.argv[1]);
  const status = new StatusDirectory(execRoot);
  status.announce();
  const runtime = new OciRuntime({ name: binary, binary, execRoot, status, cgroups: detectCgroups() });
  if (terminal) {
    const started = runtime.run({ ...bundle, stdio: { terminal: {} } });
    console.log(JSON.stringify(await started.started), await started.terminal);
    setInterval(() => undefined, 1000);
    await new Promise(() => undefined);
  }
  const path = bundle.bundle + "/stdout";
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stdout = openSync(path, constants.O_WRONLY);
  const started = runtime.run({ ...bundle, stdio: { stdin: "ignore", stdout, stderr: "ignore", hold: { output: [reader] } } });
  closeSync(stdout);
  console.log(JSON.stringify(await started.started));
  setInterval(() => undefined, 1000);
`;

async function startUnderDoomedEngine(args: string[], { binary = "crun", terminal = false } = {}) {
  const bundle = bench.prepare(args, (spec) => {
    spec.process!.terminal = terminal;
  });
  const fifo = join(bundle.bundle, "stdout");
  makeFifo(fifo, 0o600);
  const argument = JSON.stringify({ execRoot: bench.directory, bundle, binary, terminal });
  const child = Bun.spawn([process.execPath, "-e", engine, argument], { stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  const init = JSON.parse(new TextDecoder().decode(value).replace(/ \d+\n$/, "")) as ProcessIdentity;
  child.kill("SIGKILL");
  await child.exited;
  return { bundle, init, fifo };
}

const untilTold = "echo before; while [ ! -e /tmp/go ]; do sleep 0.01; done;";

test("a container outlives its engine, and the next one gets its output and its end", async () => {
  const { bundle, init, fifo } = await startUnderDoomedEngine([
    "sh",
    "-c",
    `${untilTold} echo after; exit 9`,
  ]);
  expect(exists(init)).toBe(true);
  const adoption = bench.runtime.adopt(bundle.id, bundle.group, init);
  if (adoption.state !== "running") throw new Error(`the container is ${adoption.state}`);
  expect(await adoption.process.started).toEqual(init);
  bench.status.announce();
  const output = new Response(
    Bun.file(openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)).stream(),
  ).text();
  writeFileSync(join(bench.directory, "rootfs/tmp/go"), "");
  expect((await adoption.process.exited).code).toBe(9);
  expect(await output).toBe("before\nafter\n");
});

test("an end without an engine is recorded and keeps the output until it is adopted", async () => {
  const { bundle, init, fifo } = await startUnderDoomedEngine(["sh", "-c", `${untilTold} exit 4`]);
  writeFileSync(join(bench.directory, "rootfs/tmp/go"), "");
  await until(() => bench.status.exit(bundle.id) !== undefined);
  expect(findWrapper(bench.status, bundle.id)).toBeDefined();
  const adoption = bench.runtime.adopt(bundle.id, bundle.group, init);
  expect(adoption).toMatchObject({ state: "exited", exit: { code: 4 } });
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  bench.status.announce();
  expect(await new Response(Bun.file(reader).stream()).text()).toBe("before\n");
  await until(() => findWrapper(bench.status, bundle.id) === undefined);
});

test("a killed wrapper counts as the container's end", async () => {
  const { bundle, init } = await startUnderDoomedEngine(["sleep", "100"]);
  const adoption = bench.runtime.adopt(bundle.id, bundle.group, init);
  if (adoption.state !== "running") throw new Error(`the container is ${adoption.state}`);
  process.kill(findWrapper(bench.status, bundle.id)?.pid ?? 0, "SIGKILL");
  expect((await adoption.process.exited).code).toBe(137);
  await bench.runtime.remove(bundle.id, bundle.group);
  expect(exists(init)).toBe(false);
});

test("nothing to adopt is lost", () => {
  expect(bench.runtime.adopt("nobody", bench.group("nobody")).state).toBe("lost");
});

test.each(["crun", "runc"])(
  "a terminal that %s made stays with the next engine, and the one after",
  async (binary) => {
    const script = "echo before; read line; stty size; echo got $line";
    const { bundle, init } = await startUnderDoomedEngine(["sh", "-c", script], { binary, terminal: true });
    const first = bench.runtime.adopt(bundle.id, bundle.group, init);
    const second = bench.runtime.adopt(bundle.id, bundle.group, init);
    if (first.state !== "running" || second.state !== "running") throw new Error("the container is gone");
    for (const { held } of [first, second]) expect(held.terminal).toBeGreaterThan(2);
    closeSync(first.held.terminal ?? -1);
    const master = second.held.terminal ?? -1;
    setWindowSize(master, { rows: 12, cols: 34 });
    second.process.resize({ rows: 12, cols: 34 });
    writeSync(master, "hello\n");
    bench.status.announce();
    expect((await second.process.exited).code).toBe(0);
    expect(readTerminal(master)).toBe("before\r\nhello\r\n12 34\r\ngot hello\r\n");
    expect(readFileSync(bench.status.file(`${bundle.id}.exit`), "utf8")).toBe("0\n");
    await bench.runtime.remove(bundle.id, bundle.group);
    expect(readdirSync(bench.status.path)).toEqual([]);
  },
);
