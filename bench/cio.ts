/**
 * Container I/O at full speed: lines through a FIFO into a json-file log and to one attached client, then the
 * log read back; and how late the event loop was meanwhile. `bun bench/cio.ts [megabytes]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContainerStdio, logDriver } from "../src/cio/index.ts";

const megabytes = Number(process.argv[2] ?? 200);
const driverName = process.argv[3] ?? "json-file";
const dir = mkdtempSync(join(tmpdir(), "bench-cio-"));
const path = join(dir, "bench-json.log");
const driver = logDriver(driverName);

function report(what: string, bytes: number, since: number): void {
  const seconds = (performance.now() - since) / 1000;
  console.log(
    `${what}: ${(bytes / 1e6 / seconds).toFixed(0)} MB/s (${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(2)} s)`,
  );
}

/** Lateness of a timer that is due every 5 ms, in milliseconds. */
function watchLoop(): () => void {
  const late: number[] = [];
  let due = performance.now() + 5;
  const timer = setInterval(() => {
    late.push(Math.max(0, performance.now() - due));
    due = performance.now() + 5;
  }, 5);
  return () => {
    clearInterval(timer);
    late.sort((a, b) => a - b);
    const at = (q: number) => (late[Math.floor(late.length * q)] ?? 0).toFixed(1);
    console.log(`  event loop late by: median ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(0.9999)} ms`);
  };
}

async function write(): Promise<void> {
  const container = {
    id: "bench",
    name: "bench",
    labels: {},
    env: [],
    command: [],
    imageId: "",
    imageName: "",
  };
  const log = driver.open({ path, stateDir: dir, options: {}, container });
  const ignore = () => undefined;
  const stdio = ContainerStdio.create(dir, {
    openStdin: false,
    tty: false,
    onStdinClosed: ignore,
    onResized: ignore,
  });
  const line = "x".repeat(99);
  const script = `yes ${line} | head -c ${megabytes}000000`;
  const { stdin, stdout, stderr } = stdio.child!.streams!;
  let received = 0;
  const sink = {
    write(chunk: Uint8Array) {
      received += chunk.length;
      return true;
    },
    drained: () => Promise.resolve(),
    empty: () => true,
  };
  const client = stdio.attach(
    { stdout: true, stderr: true, sink, framing: "multiplexed" },
    new AbortController().signal,
  );
  const loop = watchLoop();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const child = Bun.spawn(["sh", "-c", script], { stdio: [stdin, stdout, stderr] });
  stdio.spawned();
  stdio.start({ log, onLogError: console.error });
  await stdio.done;
  await client.finished;
  report(`FIFO to ${driverName} and one client`, received, start);
  const { user, system } = process.cpuUsage(cpu);
  console.log(`  engine: ${(user / 1000).toFixed(0)} ms user, ${(system / 1000).toFixed(0)} ms system`);
  loop();
  await child.exited;
  await log?.close();
  await stdio.close();
}

async function read(timestamps: boolean): Promise<void> {
  const loop = watchLoop();
  const start = performance.now();
  const query = { stdout: true, stderr: true, framing: "multiplexed", timestamps } as const;
  let bytes = 0;
  for await (const chunk of driver.read(path, query, undefined, new AbortController().signal))
    bytes += chunk.length;
  report(`logs${timestamps ? " --timestamps" : ""}`, bytes, start);
  loop();
}

try {
  await write();
  await read(false);
  await read(true);
  process.exitCode = 0;
} finally {
  rmSync(dir, { recursive: true });
}
process.exit();
