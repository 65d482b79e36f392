import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StdcopyDecoder } from "../api/stdcopy.ts";
import { takeFd } from "../os/pidfd.ts";
import { openPty } from "../os/pty.ts";
import type { OutputSink } from "./client.ts";
import type { LogWriter } from "./log/driver.ts";
import { logDriver } from "./log/drivers.ts";
import { ContainerStdio, type StdioOptions } from "./stdio.ts";

const never = new AbortController().signal;
const container = { id: "c", name: "c", labels: {}, env: [], command: [], imageId: "", imageName: "" };
const fail = (error: unknown) => {
  throw error;
};
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cio-stdio-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function options(shape: Partial<StdioOptions> = {}): StdioOptions {
  return { openStdin: false, tty: false, onStdinClosed: () => {}, onResized: () => {}, ...shape };
}

function openLog(driver = "json-file", logOptions: Record<string, string> = {}): LogWriter | undefined {
  return logDriver(driver).open({ path: join(dir, "log"), stateDir: dir, options: logOptions, container });
}

/** Keeps what it gets; while `closed` it is a full socket. */
class TestSink implements OutputSink {
  readonly chunks: Uint8Array[] = [];
  received = 0;
  closed = false;
  #opened = Promise.withResolvers<void>();

  write(chunk: Uint8Array): boolean {
    this.chunks.push(chunk);
    this.received += chunk.length;
    return !this.closed;
  }

  drained(): Promise<void> {
    return this.closed ? this.#opened.promise : Promise.resolve();
  }

  open(): void {
    this.closed = false;
    this.#opened.resolve();
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** The output of one stream, taken out of its frames. */
  stream(wanted: number): Buffer {
    const pieces: Uint8Array[] = [];
    const decoder = new StdcopyDecoder((stream, piece) => {
      if (stream === wanted) pieces.push(piece);
    });
    for (const chunk of this.chunks) decoder.push(chunk);
    expect(decoder.complete).toBe(true);
    return Buffer.concat(pieces);
  }
}

function attach(stdio: ContainerStdio, sink: TestSink, framing: "raw" | "multiplexed" = "multiplexed") {
  return stdio.attach({ stdout: true, stderr: true, sink, framing }, never);
}

/** Starts a shell script on the child's ends and reads its output. */
function run(stdio: ContainerStdio, script: string, log?: LogWriter): Bun.Subprocess {
  const { streams, output, input } = stdio.child!;
  const { stdin, stdout, stderr } = streams!;
  const child = Bun.spawn(["sh", "-c", script], {
    stdio: [stdin, stdout, stderr, output[0]!, output[1]!, input ?? null],
  });
  stdio.spawned();
  stdio.start({ log, onLogError: fail });
  return child;
}

const LINES = 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo "out $i"; echo "error $i" >&2; done';

describe("output", () => {
  test("goes to clients that attached before the start, framed or raw, and to the log", async () => {
    const log = openLog();
    const stdio = ContainerStdio.create(dir, options());
    const framed = new TestSink();
    const raw = new TestSink();
    const clients = [attach(stdio, framed), attach(stdio, raw, "raw")];
    run(stdio, "printf hello; sleep 0.05; echo ' world'; echo oops >&2", log);
    await stdio.done;
    await Promise.all(clients.map((client) => client.finished));
    expect(framed.stream(1).toString()).toBe("hello world\n");
    expect(framed.stream(2).toString()).toBe("oops\n");
    expect(raw.bytes().length).toBe("hello world\noops\n".length);
    await log?.close();
    await stdio.close();
    const logged = [];
    const query = { stdout: true, stderr: false, framing: "raw" } as const;
    for await (const chunk of logDriver("json-file").read(join(dir, "log"), query, undefined, never)) {
      logged.push(chunk);
    }
    expect(Buffer.concat(logged).toString()).toBe("hello world\n");
  });

  test("uses FIFOs that only their owner may open; an exec without a directory has none", async () => {
    const stdio = ContainerStdio.create(dir, options({ openStdin: true }));
    for (const name of ["stdin", "stdout", "stderr"]) {
      expect(statSync(join(dir, name)).mode).toBe(constants.S_IFIFO | 0o600);
    }
    await stdio.close();
    const exec = ContainerStdio.create(undefined, options({ openStdin: true }));
    const sink = new TestSink();
    attach(exec, sink);
    run(exec, "exec 5>&-; cat");
    await exec.writeStdin(Buffer.from("through"));
    await exec.closeStdin();
    await exec.done;
    expect(sink.stream(1).toString()).toBe("through");
    await exec.close();
  });

  test("a detached client gets nothing more and finishes", async () => {
    const stdio = ContainerStdio.create(dir, options());
    const abort = new AbortController();
    const sink = new TestSink();
    const request = { stdout: true, stderr: true, sink, framing: "raw" } as const;
    const client = stdio.attach(request, abort.signal);
    abort.abort();
    run(stdio, "echo x");
    await Promise.all([client.finished, stdio.done]);
    expect(sink.chunks).toEqual([]);
    await stdio.close();
  });
});

describe("a slow client", () => {
  const MEGABYTES = 12;
  const line = `${"0123456789".repeat(9)} é`;
  const script = `yes "${line}" | head -n ${MEGABYTES * 11_000}; printf unfinished; ${LINES}`;
  const torn = `yes "${line}" | head -c ${MEGABYTES}000000; printf unfinished; ${LINES}`;
  const hash = (bytes: Uint8Array) => Bun.hash(bytes);

  async function slow(driver: string, logOptions: Record<string, string>, body: string) {
    const log = openLog(driver, logOptions);
    const stdio = ContainerStdio.create(dir, options());
    const [fast, stalled, raw] = [new TestSink(), new TestSink(), new TestSink()];
    const clients = [attach(stdio, fast), attach(stdio, stalled), attach(stdio, raw, "raw")];
    stalled.closed = true;
    raw.closed = true;
    run(stdio, body, log);
    return { log, stdio, fast, stalled, raw, clients };
  }

  test.each([
    ["json-file", { "max-size": "10m", "max-file": "20" }],
    ["local", { "max-size": "5m", "max-file": "20" }],
  ])("stalls nobody and gets the same in the end (%s)", async (driver, logOptions) => {
    const { log, stdio, fast, stalled, raw, clients } = await slow(driver, logOptions, script);
    await stdio.done;
    await clients[0]!.finished;
    expect(stalled.received).toBeLessThan(2_000_000);
    stalled.open();
    raw.open();
    await Promise.all(clients.map((client) => client.finished));
    expect(hash(stalled.stream(1))).toBe(hash(fast.stream(1)));
    expect(hash(stalled.stream(2))).toBe(hash(fast.stream(2)));
    expect(raw.bytes().length).toBe(fast.stream(1).length + fast.stream(2).length);
    await log?.close();
    await stdio.close();
  });

  test("gets everything although the log is removed at the end", async () => {
    const rotated = { "max-size": "5m", "max-file": "20" };
    const { log, stdio, stalled, raw, clients, fast } = await slow("json-file", rotated, script);
    await stdio.done;
    await log?.close();
    for (const name of readdirSync(dir).filter((name) => name.startsWith("log"))) rmSync(join(dir, name));
    stalled.open();
    raw.open();
    await Promise.all(clients.map((client) => client.finished));
    expect(hash(stalled.stream(1))).toBe(hash(fast.stream(1)));
    await stdio.close();
  });

  test("becomes live again while output goes on", async () => {
    const body = `i=0; while [ $i -lt 15 ]; do i=$((i+1)); yes "$i ${line}" | head -n 3000; sleep 0.005; done; ${LINES}`;
    const { log, stdio, fast, stalled, raw, clients } = await slow("json-file", {}, body);
    while (fast.received < 3_000_000) await Bun.sleep(1);
    stalled.open();
    await Bun.sleep(0);
    raw.open();
    await Promise.all(clients.map((client) => client.finished));
    expect(hash(stalled.stream(1))).toBe(hash(fast.stream(1)));
    expect(hash(stalled.stream(2))).toBe(hash(fast.stream(2)));
    expect(raw.bytes().length).toBe(fast.stream(1).length + fast.stream(2).length);
    await log?.close();
    await stdio.close();
  });

  test.each([
    ["there is no log", "none", {}, script],
    ["output is no text", "json-file", {}, `head -c ${MEGABYTES}000000 /dev/urandom`],
    ["rotation would drop what it needs", "json-file", { "max-size": "1m", "max-file": "2" }, torn],
    ["rotation drops every file", "json-file", { "max-size": "1m", "max-file": "1" }, script],
  ])("holds the container up where %s, and loses nothing", async (_, driver, logOptions, body) => {
    const { log, stdio, fast, stalled, raw, clients } = await slow(
      driver,
      logOptions as Record<string, string>,
      body,
    );
    let before = -1;
    for (let now = 0; now !== before || now === 0; now = fast.received) {
      before = now;
      await Bun.sleep(50);
    }
    expect(before).toBeLessThan(8_000_000);
    stalled.open();
    raw.open();
    await Promise.all([stdio.done, ...clients.map((client) => client.finished)]);
    expect(fast.stream(1).length).toBeGreaterThanOrEqual(MEGABYTES * 1_000_000);
    expect(hash(stalled.stream(1))).toBe(hash(fast.stream(1)));
    expect(hash(stalled.stream(2))).toBe(hash(fast.stream(2)));
    expect(raw.bytes().length).toBe(fast.stream(1).length + fast.stream(2).length);
    await log?.close();
    await stdio.close();
  });

  test("whose sink breaks is told so and holds nobody up", async () => {
    const stdio = ContainerStdio.create(dir, options());
    const sink = { write: () => false, drained: () => Promise.reject(new Error("connection reset")) };
    const client = stdio.attach({ stdout: true, stderr: true, sink, framing: "raw" }, never);
    run(stdio, script);
    await expect(client.finished).rejects.toThrow("connection reset");
    await stdio.done;
    await stdio.close();
  });
});

describe("input", () => {
  test("waits for a slow reader without loss, and its end reaches the process", async () => {
    let signalled = 0;
    const stdio = ContainerStdio.create(dir, options({ openStdin: true, onStdinClosed: () => signalled++ }));
    const sink = new TestSink();
    attach(stdio, sink);
    run(stdio, "exec 5>&-; sleep 0.1; sha256sum");
    const data = new Uint8Array(3_000_000).map((_, i) => i * 7);
    for (let at = 0; at < data.length; at += 100_000) await stdio.writeStdin(data.subarray(at, at + 100_000));
    await stdio.closeStdin();
    await stdio.done;
    expect(sink.stream(1).toString()).toStartWith(new Bun.CryptoHasher("sha256").update(data).digest("hex"));
    expect([signalled, existsSync(join(dir, "stdin"))]).toEqual([1, false]);
    await stdio.close();
  });

  test("is dropped when nobody reads any more", async () => {
    const stdio = ContainerStdio.create(dir, options({ openStdin: true }));
    const child = run(stdio, "exit 0");
    await child.exited;
    await stdio.done;
    await stdio.writeStdin(new Uint8Array(200_000));
    await stdio.close();
  });

  test("without a reader's interest does not keep close from ending", async () => {
    const stdio = ContainerStdio.create(dir, options({ openStdin: true }));
    const child = run(stdio, "sleep 60");
    const blocked = stdio.writeStdin(new Uint8Array(2_000_000));
    child.kill();
    await stdio.close();
    await blocked;
  });
});

/** The same on a terminal, of which the shell holds only its own side. */
function runOnTerminal(stdio: ContainerStdio, script: string, log?: LogWriter): Bun.Subprocess {
  const { master, slave } = openPty();
  const child = Bun.spawn(["setsid", "sh", "-c", script], {
    stdio: [slave, slave, slave],
  });
  closeSync(slave);
  stdio.connect(master, child.exited);
  stdio.start({ log, onLogError: fail });
  return child;
}

describe("a terminal", () => {
  test("has a size, raw input, and one output stream", async () => {
    let resized = 0;
    const stdio = ContainerStdio.create(
      dir,
      options({
        tty: true,
        openStdin: true,
        consoleSize: { rows: 33, cols: 44 },
        onResized: () => resized++,
      }),
    );
    const sink = new TestSink();
    attach(stdio, sink, "raw");
    // What is typed before the terminal is there waits for it.
    const early = stdio.writeStdin(Buffer.from("early\n"));
    runOnTerminal(stdio, "read x; stty size; echo $x; read x; stty size; echo $x");
    await early;
    while (!sink.bytes().includes("33 44\nearly\n")) await Bun.sleep(1);
    stdio.resize({ rows: 55, cols: 66 });
    await stdio.closeStdin();
    await stdio.writeStdin(Buffer.from("typed\n"));
    await stdio.done;
    expect(sink.bytes().toString()).toBe("33 44\nearly\n55 66\ntyped\n");
    expect(resized).toBe(1);
    await stdio.close();
  });

  test("loses nothing of what was said before the end, however much and however soon it came", async () => {
    const log = openLog();
    const stdio = ContainerStdio.create(dir, options({ tty: true }));
    const sink = new TestSink();
    attach(stdio, sink, "raw");
    runOnTerminal(stdio, "seq 1 300000", log);
    await stdio.done;
    const expected = Array.from({ length: 300_000 }, (_, index) => `${index + 1}\n`).join("");
    expect(sink.bytes().toString() === expected).toBe(true);
    await stdio.close();
    for (let run = 0; run < 20; run++) {
      rmSync(join(dir, "stdout"));
      const short = ContainerStdio.create(dir, options({ tty: true }));
      const client = new TestSink();
      attach(short, client, "raw");
      const { master, slave } = openPty();
      const child = Bun.spawn(["echo", "x"], { stdio: ["ignore", slave, "ignore"] });
      closeSync(slave);
      await child.exited;
      short.connect(master, child.exited);
      short.start({ log: undefined, onLogError: fail });
      await short.done;
      expect(client.bytes().toString()).toBe("x\n");
      await short.close();
    }
    await log?.close();
  });

  test("goes on when nobody has it open for a while, and ends though somebody still has", async () => {
    const stdio = ContainerStdio.create(dir, options({ tty: true }));
    const sink = new TestSink();
    attach(stdio, sink, "raw");
    const { master, slave } = openPty();
    const other = Bun.spawn(["sleep", "1000"], { stdio: ["ignore", slave, "ignore"] });
    const path = readlinkSync(`/proc/self/fd/${slave}`);
    closeSync(slave);
    const ended = Promise.withResolvers<void>();
    stdio.connect(master, ended.promise);
    stdio.start({ log: undefined, onLogError: fail });
    other.kill();
    await other.exited;
    const again = Bun.spawn(["sh", "-c", `exec >${path}; echo again; exec sleep 1000`], {
      stdio: ["ignore", "ignore", "ignore"],
    });
    while (!sink.bytes().includes("again\n")) await Bun.sleep(1);
    ended.resolve();
    await stdio.done;
    again.kill();
    await stdio.close();
  });

  test("that never came has no output and takes no input", async () => {
    const stdio = ContainerStdio.create(dir, options({ tty: true, openStdin: true }));
    const input = stdio.writeStdin(Buffer.from("typed"));
    stdio.connect(undefined, Promise.resolve());
    stdio.start({ log: undefined, onLogError: fail });
    await stdio.done;
    await input;
    await stdio.close();
  });
});

describe("after an engine's death", () => {
  /** What the kernel does to an engine that is killed. */
  function die(stdio: ContainerStdio): Promise<void> {
    return stdio.close();
  }

  test("output that waited in the pipes, and stdin, are taken over", async () => {
    const shape = options({ openStdin: true });
    const first = ContainerStdio.create(dir, shape);
    const child = run(first, "echo before; read x; echo got $x; read y || echo ended");
    const sink = new TestSink();
    attach(first, sink);
    await die(first);
    const second = ContainerStdio.adopt(dir, shape);
    const next = new TestSink();
    attach(second, next);
    second.start({ log: undefined, onLogError: fail });
    await second.writeStdin(Buffer.from("input\n"));
    while (!next.bytes().includes("got input")) await Bun.sleep(1);
    expect(Buffer.concat([sink.stream(1), next.stream(1)]).toString()).toBe("before\ngot input\n");
    child.kill();
    await second.done;
    await second.close();
  });

  test("what was said on a terminal meanwhile is read from where it waited", async () => {
    const shape = options({ openStdin: true, tty: true });
    const first = ContainerStdio.create(dir, shape);
    const { master, slave } = openPty();
    const kept = takeFd(process.pid, master);
    const reader = openSync(join(dir, "stdout"), constants.O_RDONLY | constants.O_NONBLOCK);
    const child = Bun.spawn(["setsid", "sh", "-c", "echo before; read x; stty size; echo $x"], {
      stdio: [slave, slave, slave],
    });
    closeSync(slave);
    first.connect(master, child.exited);
    await die(first);
    const second = ContainerStdio.adopt(dir, shape);
    closeSync(reader);
    const sink = new TestSink();
    attach(second, sink, "raw");
    second.connect(kept, child.exited);
    second.start({ log: undefined, onLogError: fail });
    second.resize({ rows: 12, cols: 34 });
    await second.writeStdin(Buffer.from("typed\n"));
    await second.done;
    expect(sink.bytes().toString()).toBe("before\n12 34\ntyped\n");
    await second.close();
  });

  test("a container that is gone has ended streams", async () => {
    const shape = options({ openStdin: true });
    const first = ContainerStdio.create(dir, shape);
    const child = run(first, "exit 0");
    await die(first);
    await child.exited;
    const second = ContainerStdio.adopt(dir, shape);
    second.start({ log: undefined, onLogError: fail });
    await second.done;
    await second.writeStdin(Buffer.from("x"));
    await second.close();
  });
});

test("nothing stays open", async () => {
  const stdio = ContainerStdio.create(dir, options({ openStdin: true }));
  run(stdio, "true");
  await stdio.done;
  await stdio.close();
  const probe = openSync("/dev/null", "r");
  closeSync(probe);
  const again = ContainerStdio.create(undefined, options({ openStdin: true, tty: true }));
  await again.close();
  const after = openSync("/dev/null", "r");
  closeSync(after);
  expect(after).toBe(probe);
});
