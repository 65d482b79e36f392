import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { DescriptorSafe } from "./descriptor-safe.ts";
import { pipe } from "./fd.ts";
import { takeFd } from "./pidfd.ts";
import { removeScratch, scratchDirectory } from "./testing.ts";

const never = new Promise<never>(() => undefined);
let directory: string;
let safe: DescriptorSafe;

beforeEach(() => {
  // Paths in it are longer than a socket's address may be.
  directory = join(scratchDirectory("descriptor-safe"), "x".repeat(100));
  mkdirSync(directory);
  safe = DescriptorSafe.make(join(directory, "safe"));
});
afterEach(() => safe.close());
afterAll(removeScratch);

test("gives back what was put in, in that order, when its owner's copy is long closed", () => {
  const [reader, writer] = pipe();
  safe.put(reader);
  safe.put(writer);
  closeSync(reader);
  closeSync(writer);
  const back = safe.takeNow() ?? -1;
  const input = safe.takeNow() ?? -1;
  writeSync(input, "hello");
  const bytes = new Uint8Array(16);
  expect(new TextDecoder().decode(bytes.subarray(0, readSync(back, bytes)))).toBe("hello");
  expect(safe.takeNow()).toBeUndefined();
  closeSync(back);
  closeSync(input);
});

test("keeps it while anybody has the socket, whoever put it in", async () => {
  const path = join(directory, "other");
  const program = `
    import { DescriptorSafe } from "${import.meta.dir}/descriptor-safe.ts";
    import { openSync } from "node:fs";
    const safe = DescriptorSafe.make("${path}");
    safe.put(openSync("${import.meta.path}", "r"));
    const holder = Bun.spawn(["sleep", "1000"], { stdio: ["ignore", "ignore", "ignore", safe.socket], detached: true });
    console.log(holder.pid);
    process.kill(process.pid, "SIGKILL");`;
  const doomed = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
  const holder = Number(await doomed.stdout.text());
  await doomed.exited;
  const taken = new DescriptorSafe(takeFd(holder, 3), path);
  try {
    const fd = taken.takeNow() ?? -1;
    const own = openSync(import.meta.path, "r");
    expect(fstatSync(fd).ino).toBe(fstatSync(own).ino);
    taken.put(fd);
    closeSync(fd);
    closeSync(own);
    const again = taken.takeNow();
    expect(again).toBeDefined();
    closeSync(again ?? -1);
  } finally {
    taken.close();
    process.kill(holder, "SIGKILL");
  }
});

test("is waited for until something comes, or nothing will", async () => {
  const coming = safe.take(never);
  const none = openSync("/dev/null", "r");
  safe.put(none);
  const fd = await coming;
  expect(fd).toBeDefined();
  closeSync(fd ?? -1);
  const over = Promise.withResolvers<void>();
  const waiting = safe.take(over.promise);
  over.resolve();
  expect(await waiting).toBeUndefined();
  safe.put(none);
  const late = await safe.take(Promise.resolve());
  expect(late).toBeDefined();
  closeSync(late ?? -1);
  closeSync(none);
});

test("takes a connection without a descriptor for none", async () => {
  const path = join(dirname(directory), "short");
  const other = DescriptorSafe.make(path);
  const client = await Bun.connect({ unix: path, socket: { data: () => undefined } });
  const waiting = other.take(never);
  client.write("no descriptor");
  client.end();
  expect(await waiting).toBeUndefined();
  other.close();
});

test("is bound where nothing is", () => {
  const path = join(directory, "taken");
  DescriptorSafe.make(path).close();
  expect(() => DescriptorSafe.make(path)).toThrow("EADDRINUSE");
  rmSync(path);
  DescriptorSafe.make(path).close();
});
