import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OutputStream } from "./log/driver.ts";
import { logDriver } from "./log/drivers.ts";
import { ContainerStdio } from "./stdio.ts";

/** More of them find rarer moments: `SLIPWAY_TEST_KILLS=100 npm test -- src/cio/kill.test.ts`. */
const KILLS = Number(process.env.SLIPWAY_TEST_KILLS ?? 8);
const FIXTURE = join(import.meta.dir, "pump.fixture.ts");
/** Two processes count as fast as they can until they are ended; a last line of each stream follows. */
const WRITER = `
seq 1 1000000000 & echo $! >$0/stdout.pid
seq 1 1000000000 >&2 & echo $! >$0/stderr.pid
wait
echo; echo end; echo >&2; echo end >&2
`;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cio-kill-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const cases: [driver: string, options: Record<string, string>][] = [
  ["json-file", { "max-size": "1m", "max-file": "900" }],
  ["json-file", { "max-size": "40k", "max-file": "3", compress: "true" }],
  ["local", { "max-size": "900m" }],
];

async function killRepeatedly(driver: string, options: Record<string, string>): Promise<void> {
  const shape = { openStdin: false, tty: false, onStdinClosed: () => {}, onResized: () => {} };
  const stdio = ContainerStdio.create(dir, shape);
  const { streams, output } = stdio.child!;
  const { stdin, stdout, stderr } = streams!;
  const writer = Bun.spawn(["sh", "-c", WRITER, dir], { stdio: [stdin, stdout, stderr, ...output] });
  stdio.spawned();
  const engine = () => {
    const argv = [process.execPath, FIXTURE, dir, driver, JSON.stringify(options)];
    return Bun.spawn(argv, { stdio: ["ignore", "pipe", "inherit"] });
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const victim = engine();
    await victim.stdout.getReader().read();
    await Bun.sleep(Math.random() * 40);
    victim.kill("SIGKILL");
    await victim.exited;
    expect(victim.signalCode).toBe("SIGKILL");
  }
  for (const name of ["stdout", "stderr"])
    process.kill(Number(readFileSync(join(dir, `${name}.pid`), "utf8")));
  const last = engine();
  expect(await new Response(last.stdout).text()).toBe("started\nended\n");
  await writer.exited;
  await stdio.close();
}

test.each(cases)(
  "engines killed at full speed lose and repeat no output (%s %j)",
  async (driver, options) => {
    await killRepeatedly(driver, options);
    const dropped = options["max-file"] === "3";
    for (const stream of [1, 2] as const) expect(await faults(driver, stream, dropped)).toEqual([]);
    expect(readdirSync(dir).filter((name) => name.includes("spool"))).toEqual([]);
    expect(readdirSync(dir).some((name) => name.startsWith("log.1"))).toBe(driver === "json-file");
  },
  120_000,
);

/** What breaks the sequence 1, 2, 3 … in a stream's log; `anyStart` when rotation has dropped its beginning. */
async function faults(driver: string, stream: OutputStream, anyStart: boolean): Promise<string[]> {
  const query = { stdout: stream === 1, stderr: stream === 2, framing: "raw" } as const;
  const found: string[] = [];
  let expected = anyStart ? 0 : 1;
  let text = "";
  const check = (line: string) => {
    if (expected === 0) expected = Number(line);
    if (line !== String(expected)) found.push(`${line} instead of ${expected}`);
    expected = Number(line) + 1;
  };
  const never = new AbortController().signal;
  for await (const chunk of logDriver(driver).read(join(dir, "log"), query, undefined, never)) {
    const lines = (text + Buffer.from(chunk).toString("latin1")).split("\n");
    // The last lines are looked at below: counting ended there.
    text = lines.splice(-6).join("\n");
    lines.forEach(check);
    if (found.length > 9) return found;
  }
  const lines = text.split("\n");
  const end = lines.indexOf("end");
  for (const line of lines.slice(0, end - 1)) check(line);
  const cut = lines[end - 1]!;
  if (expected !== 0 && !String(expected).startsWith(cut)) found.push(`${cut} as the start of ${expected}`);
  if (lines.slice(end).join("\n") !== "end\n") found.push(`the last lines are ${text}`);
  return found;
}
