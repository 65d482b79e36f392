import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../../os/testing.ts";
import { type MeasuredLayer, measureLayer, packLayer } from "../diff.ts";
import { askChild } from "./index.ts";

setDefaultTimeout(60_000);

let scratch: string;
let small: string;
/** Takes a child longer than any test. */
let endless: string;

beforeAll(() => {
  scratch = scratchDirectory("pool");
  small = directory("small");
  writeFileSync(join(small, "file"), "content");
  endless = directory("endless");
  writeFileSync(join(endless, "holes"), "");
  truncateSync(join(endless, "holes"), 2 ** 42);
});
afterAll(removeScratch);

function directory(name: string): string {
  const path = join(scratch, name);
  mkdirSync(path);
  return path;
}

/** Process ids of the pooled children of a process. */
function pooled(parent = process.pid): number[] {
  const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ").map(Number);
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0serve\0");
    } catch {
      return false;
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(5);
}

const isDead = (pid: number) => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

/** It has read its request: its root is another one. */
const isAtWork = (pid: number) => {
  try {
    return readlinkSync(`/proc/${pid}/root`) !== "/";
  } catch {
    return false;
  }
};

test("one child does what it is asked for, one after another, each in a root of its own", async () => {
  const first = await measureLayer(small);
  const [pid] = pooled();
  const file = join(scratch, "packed");
  writeFileSync(file, "");
  const { digest, size } = await packLayer(small, file);
  expect(digest).toBe(first.diffID);
  expect(readFileSync(file).length).toBe(size);
  const request = { operation: "changes", upper: small, lowers: [] };
  expect(await askChild<unknown>("layer-diff", request)).toEqual([{ path: "/file", kind: 1 }]);
  expect(pooled()).toEqual([pid as number]);
});

test("a failure is told, and the next one is asked in another process", async () => {
  await measureLayer(small);
  const [pid] = pooled() as [number];
  const error = await measureLayer(join(scratch, "missing")).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "system", message: expect.stringContaining("missing") });
  await until(() => isDead(pid));
  expect((await measureLayer(small)).inodes).toBe(2);
});

test("an abort, and a kill, end the process and its work, and no other", async () => {
  const abort = new AbortController();
  const given = measureLayer(endless, abort.signal).catch((thrown: unknown) => thrown);
  await until(() => pooled().some(isAtWork));
  const pid = pooled().find(isAtWork) as number;
  abort.abort();
  expect(await given).toMatchObject({ kind: "cancelled" });
  expect(isDead(pid)).toBe(true);
  const killed = measureLayer(endless).catch((thrown: unknown) => thrown);
  await until(() => pooled().some(isAtWork));
  for (const child of pooled()) process.kill(child, "SIGKILL");
  expect(await killed).toMatchObject({ kind: "system", message: expect.stringContaining("SIGKILL") });
  expect((await measureLayer(small)).inodes).toBe(2);
});

test("short work shares the processes, long work does not stop it; idle ones go", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => measureLayer(small)));
  expect(new Set(all.map(({ diffID }: MeasuredLayer) => diffID)).size).toBe(1);
  const abort = new AbortController();
  const long = Array.from({ length: availableParallelism() + 1 }, () => measureLayer(endless, abort.signal));
  expect((await measureLayer(small)).inodes).toBe(2);
  const waiting = new AbortController();
  const given = measureLayer(endless, waiting.signal);
  waiting.abort();
  expect(given).rejects.toMatchObject({ kind: "cancelled" });
  abort.abort();
  for (const { status } of await Promise.allSettled(long)) expect(status).toBe("rejected");
  await until(() => pooled().length === 0);
});

test("an engine that is killed takes them along", async () => {
  const script = `import { measureLayer } from "${join(import.meta.dir, "..", "diff.ts")}";
    console.log("begun"); await measureLayer(${JSON.stringify(endless)});`;
  const engine = Bun.spawn([process.execPath, "-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  for await (const _ of engine.stdout) break;
  await until(() => pooled(engine.pid).some(isAtWork));
  const [pid] = pooled(engine.pid) as [number];
  engine.kill("SIGKILL");
  await until(() => isDead(pid));
});
