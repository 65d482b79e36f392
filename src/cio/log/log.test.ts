import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StdcopyDecoder } from "../../api/stdcopy.ts";
import type { LogContext, LogQuery, LogWriter } from "./driver.ts";
import { logDriver } from "./drivers.ts";

const never = new AbortController().signal;
const all: LogQuery = { stdout: true, stderr: true, framing: "raw" };
const container = {
  id: "0123456789abcdef",
  name: "/web",
  labels: { app: "shop", other: "x y" },
  env: ["MODE=a=b", "SECRET=1"],
  command: ["sh"],
  imageId: "sha256:fedcba9876543210",
  imageName: "busybox",
};
let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cio-log-"));
  path = join(dir, "c-json.log");
});
// What a rotation put aside may go at the same time.
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function context(options: Record<string, string> = {}): LogContext {
  return { path, stateDir: dir, options, container };
}

async function text(driver: string, query: Partial<LogQuery> = {}, writer?: LogWriter): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of logDriver(driver).read(path, { ...all, ...query }, writer, never))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("the condition did not come true within 5 s");
    await Bun.sleep(2);
  }
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i} ${"x".repeat((from + i) % 50)}\n`).join("");

describe.each(["json-file", "local"])("%s", (driver) => {
  const open = (options?: Record<string, string>) => logDriver(driver).open(context(options))!;

  test("gives back lines, selected by stream", async () => {
    const log = open();
    await log.write(1, Buffer.from("out 1\nout"));
    await log.write(2, Buffer.from("error\n"));
    await log.write(1, Buffer.from(" 2\n"));
    expect(await text(driver, {}, log)).toBe("out 1\nerror\nout 2\n");
    expect(await text(driver, { stdout: false }, log)).toBe("error\n");
    await log.close();
    expect(await text(driver)).toBe("out 1\nerror\nout 2\n");
  });

  test("frames each entry by itself", async () => {
    const log = open();
    await log.write(1, Buffer.from("a\nb\n"));
    await log.write(2, Buffer.from("c\n"));
    await log.close();
    const pieces: string[] = [];
    const decoder = new StdcopyDecoder((stream, piece) => pieces.push(`${stream}${Buffer.from(piece)}`));
    decoder.push(Buffer.from(await text(driver, { framing: "multiplexed" }), "latin1"));
    expect(pieces).toEqual(["1a\n", "1b\n", "2c\n"]);
  });

  test("cuts lines of more than 16 KiB between characters, and keeps an unfinished line for the next engine", async () => {
    const long = `${"é".repeat(10000)}\n${"x".repeat(16384)}\n`;
    const log = open();
    await log.write(1, Buffer.from(long));
    await log.write(1, Buffer.from("begun"));
    await log.close();
    expect(await text(driver)).toBe(long);
    const next = open();
    await next.write(1, Buffer.from(" and ended\nnot"));
    await next.finish(1);
    await next.finish(2);
    await next.close();
    expect(await text(driver)).toBe(`${long}begun and ended\nnot`);
    expect(readdirSync(dir).filter((name) => name.includes("spool"))).toEqual([]);
  });

  test.each([0, 1, 7, 500, 5000])("tail of %d entries is read across rotated files", async (tail) => {
    const log = open({ "max-size": "20k", "max-file": "9", compress: "false" });
    for (let i = 0; i < 1000; i += 10) await log.write(1, Buffer.from(numbered(i, i + 10)));
    expect(await text(driver, { tail }, log)).toBe(numbered(Math.max(0, 1000 - tail), 1000));
    await log.close();
    expect(await text(driver, { tail })).toBe(numbered(Math.max(0, 1000 - tail), 1000));
  });

  test("compressed files are read forwards and for a tail", async () => {
    const log = open({ "max-size": "20k", "max-file": "9", compress: "true" });
    for (let i = 0; i < 1000; i += 10) await log.write(1, Buffer.from(numbered(i, i + 10)));
    await until(() => existsSync(`${path}.1.gz`) && !existsSync(`${path}.1`) && existsSync(`${path}.2.gz`));
    expect(await text(driver, {}, log)).toBe(numbered(0, 1000));
    expect(await text(driver, { tail: 900 }, log)).toBe(numbered(100, 1000));
    await log.close();
    expect(await text(driver, { tail: 900 })).toBe(numbered(100, 1000));
  });

  test("rotation drops the oldest file", async () => {
    const log = open({ "max-size": "5k", "max-file": "3" });
    for (let i = 0; i < 1000; i += 10) await log.write(1, Buffer.from(numbered(i, i + 10)));
    await log.close();
    const kept = await text(driver);
    expect(numbered(0, 1000).endsWith(kept)).toBe(true);
    expect(kept.length).toBeGreaterThan(2000);
    expect(existsSync(`${path}.3`) || existsSync(`${path}.3.gz`)).toBe(false);
  });

  test("follow sees everything across rotation and ends with the writer", async () => {
    const log = open({ "max-size": "30k", "max-file": "5" });
    await log.write(1, Buffer.from(numbered(0, 10)));
    const followed = text(driver, { follow: true }, log);
    for (let i = 10; i < 3000; i += 10) {
      await log.write(1, Buffer.from(numbered(i, i + 10)));
      if (i % 100 === 0) await Bun.sleep(0);
    }
    await log.close();
    expect(Bun.hash(await followed)).toBe(Bun.hash(numbered(0, 3000)));
  });

  test("a tail has no more entries than asked for, though others come meanwhile", async () => {
    const log = open();
    await log.write(1, Buffer.from("line 0\n"));
    for (let i = 1; i < 20; i++) {
      const [last] = await Promise.all([
        text(driver, { tail: 1 }, log),
        log.write(1, Buffer.from(`line ${i}\n`)),
      ]);
      expect(last).toBe(`line ${i - 1}\n`);
    }
    await log.close();
  });

  test("follow from the end shows only what is new, and an abort ends it", async () => {
    const log = open();
    await log.write(1, Buffer.from("old\n"));
    const abort = new AbortController();
    const query = { ...all, follow: true, tail: 0 };
    const followed = logDriver(driver).read(path, query, log, abort.signal)[Symbol.asyncIterator]();
    const first = followed.next();
    await log.write(1, Buffer.from("new\n"));
    expect(Buffer.from((await first).value as Uint8Array).toString()).toBe("new\n");
    const second = followed.next();
    abort.abort();
    await expect(second).rejects.toMatchObject({ kind: "cancelled" });
    await log.close();
  });

  test("since, until and timestamps go by an entry's nanoseconds", async () => {
    const log = open();
    for (const line of ["a\n", "b\n", "c\n"]) await log.write(1, Buffer.from(line));
    await log.close();
    const lines = (await text(driver, { timestamps: true })).trimEnd().split("\n");
    expect(lines.every((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z [abc]$/.test(line))).toBe(true);
    const nanos = lines.map((line) => {
      const [second, fraction] = line.slice(0, -3).split(".");
      return BigInt(Date.parse(`${second}Z`) / 1000) * 1_000_000_000n + BigInt(fraction!);
    });
    expect(await text(driver, { since: nanos[1]! })).toBe("b\nc\n");
    expect(await text(driver, { since: nanos[1]! + 1n })).toBe("c\n");
    expect(await text(driver, { until: nanos[1]! })).toBe("a\nb\n");
    expect(await text(driver, { until: nanos[1]! - 1n })).toBe("a\n");
  });

  test("details are the chosen labels, variables and the tag", async () => {
    const log = open({ labels: "app,none", "labels-regex": "^oth", env: "MODE", tag: "{{.Name}}/{{.ID}}" });
    await log.write(1, Buffer.from("x\n"));
    await log.close();
    expect(await text(driver, { details: true })).toBe(
      "MODE=a%3Db,app=shop,other=x+y,tag=web%2F0123456789ab x\n",
    );
  });

  test("what a crash left half-written is not shown and not continued", async () => {
    const log = open();
    await log.write(1, Buffer.from("whole\n"));
    await log.close();
    appendFileSync(path, readFileSync(path).subarray(0, 20));
    expect(await text(driver)).toBe("whole\n");
    expect(await text(driver, { tail: 1 })).toBe("whole\n");
    const next = open();
    await next.write(1, Buffer.from("next\n"));
    await next.close();
    expect(await text(driver)).toBe("whole\nnext\n");
  });

  test.each([
    [{ "max-sise": "1m" }, "unknown log opt 'max-sise'"],
    [{ "max-size": "0" }, "invalid value for max-size"],
    [{ "max-size": "ten" }, "invalid value for max-size"],
    [{ "max-file": "0" }, "invalid value for max-file"],
    [{ compress: "maybe" }, "invalid value for compress"],
    [{ compress: "true", "max-file": "1" }, "compress cannot be true"],
    [{ tag: "{{.Nmae}}" }, "unknown field 'Nmae'"],
    [{ tag: "{{if .Name}}" }, "invalid log tag template"],
    [{ "env-regex": "(" }, "invalid value for env-regex"],
  ])("options %j are refused", (options, message) => {
    expect(() => logDriver(driver).validate(options as unknown as Record<string, string>)).toThrow(message);
  });
});

describe("other drivers", () => {
  test("none keeps nothing and says that it cannot be read", () => {
    const none = logDriver("none");
    expect(none.open(context())).toBeUndefined();
    expect(() => none.read(path, all, undefined, never)).toThrow("does not support reading");
  });

  test("an unknown name is invalid", () => {
    expect(() => logDriver("syslog2")).toThrow("no log driver named 'syslog2'");
  });

  test("local gives back any bytes, json-file says when it cannot", async () => {
    const binary = Uint8Array.from({ length: 512 }, (_, i) => i);
    const local = logDriver("local").open(context())!;
    expect(local.reproduces(1, binary)).toBe(true);
    await local.write(1, binary);
    await local.finish(1);
    const chunks: Uint8Array[] = [];
    for await (const chunk of logDriver("local").read(path, all, local, never)) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(binary)).toBe(true);
    await local.close();
    rmSync(path);
    const json = logDriver("json-file").open(context())!;
    const euro = Buffer.from("€");
    expect(json.reproduces(1, euro.subarray(0, 2))).toBe(true);
    await json.write(1, euro.subarray(0, 2));
    expect(json.reproduces(1, euro.subarray(2))).toBe(true);
    expect(json.reproduces(1, Buffer.from("x"))).toBe(false);
    await json.write(1, Buffer.from("x"));
    expect(json.reproduces(1, Buffer.from("y"))).toBe(false);
    await json.write(1, Buffer.from("y\n"));
    expect(json.reproduces(1, Buffer.from("y"))).toBe(true);
    await json.close();
  });
});
