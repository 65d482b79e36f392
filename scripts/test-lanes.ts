#!/usr/bin/env bun
/**
 * Runs tests side by side, because most of them wait half of their time: `bun scripts/test-lanes.ts COUNTS [--unit] FOLDER…`.
 * Every file of the folders gets a `bun test` of its own, large files first (with --unit, before them those of each folder of src one); the
 * files of `alone` come last, one by one. What each said is printed whole, in the order in which they were begun. Writes
 * "PASSED FAILED" to the file COUNTS; a process that ends badly without a failed test counts as a failure. Exits with 1 after failures.
 */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const project = resolve(import.meta.dir, "..");
/** What others do at the same time would change what these measure. */
const alone = ["test/integration/engine/memory.test.ts"];
/** A process that does not end by itself is killed after so many milliseconds. */
const longest = 600_000;

interface Job {
  readonly name: string;
  readonly args: readonly string[];
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly text: string;
}

function jobs(folders: readonly string[]): Job[] {
  const files = folders.flatMap((folder) =>
    [...new Bun.Glob(`${folder}/**/*.test.ts`).scanSync(project)].map((name) => ({
      name,
      size: statSync(join(project, name)).size,
    })),
  );
  files.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  // With the dot it is this file, not every file with such a name.
  return files.map(({ name }) => ({ name, args: ["--timeout", "120000", `./${name}`] }));
}

/** The unit tests of each folder of src, the largest first. */
function units(): Job[] {
  const folders = readdirSync(join(project, "src"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const tested = folders.flatMap(({ name }) => {
    const files = [...new Bun.Glob(`src/${name}/**/*.test.ts`).scanSync(project)];
    return files.length === 0 ? [] : [{ name: `./src/${name}`, files: files.length }];
  });
  tested.sort((a, b) => b.files - a.files);
  return [...tested.map(({ name }) => name), "./test/architecture.test.ts"].map((name) => ({
    name: name.slice(2),
    args: ["--timeout", "60000", name],
  }));
}

/** Into a file, not a pipe: a process that a failed test leaves behind would keep a pipe open for ever. */
async function perform({ name, args }: Job, file: string): Promise<Outcome> {
  const begin = performance.now();
  // Opened once and at its end, or each of the two would write over what the other wrote.
  const output = openSync(file, "a");
  const child = Bun.spawn([process.execPath, "test", ...args], {
    cwd: project,
    stdio: ["ignore", output, output],
    timeout: longest,
    killSignal: "SIGKILL",
  });
  const status = await child.exited;
  closeSync(output);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const said = readFileSync(file, "utf8");
  const passed = count(said, "pass");
  const failed = count(said, "fail") || (status === 0 ? 0 : 1);
  const ended = child.signalCode === null ? "" : `, ended by ${child.signalCode}`;
  const head = `${name}: ${passed} passed, ${failed} failed, ${seconds} s${ended}`;
  const rest = said.split("\n").filter((line) => isWorthShowing(line, failed > 0));
  return { passed, failed, text: [head, ...rest].join("\n") };
}

/** bun test's last line of the kind: ` 12 pass`. */
const count = (said: string, kind: "pass" | "fail"): number =>
  Number([...said.matchAll(new RegExp(`^ *(\\d+) ${kind}$`, "gm"))].at(-1)?.[1] ?? 0);

const isWorthShowing = (line: string, hasFailed: boolean): boolean =>
  line !== "" &&
  !/^\(pass\)|^bun test v/.test(line) &&
  (hasFailed || !/^ *\d+ (pass|fail|expect\(\) calls)$|^Ran \d+ test|\.test\.ts:$/.test(line));

/** Takes the jobs in turn, as many at once as there are lanes; `tell` hears of every outcome, in the jobs' order. */
async function performAll(queue: readonly Job[], lanes: number, tell: (outcome: Outcome) => void) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-lanes-"));
  const outcomes = queue.map((job) => ({ job, ...Promise.withResolvers<Outcome>() }));
  const waiting = outcomes.entries();
  const lane = async () => {
    for (const [index, { job, resolve }] of waiting)
      resolve(await perform(job, join(folder, `${index}.log`)));
  };
  const working = Promise.all(Array.from({ length: lanes }, lane));
  try {
    for (const { promise } of outcomes) tell(await Promise.race([promise, working.then(() => promise)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [counts, ...rest] = process.argv.slice(2);
if (counts === undefined) {
  console.error("usage: bun scripts/test-lanes.ts COUNTS [--unit] FOLDER…");
  process.exit(2);
}
const withUnit = rest[0] === "--unit";
const all = jobs(withUnit ? rest.slice(1) : rest);
let [passed, failed] = [0, 0];
const tell = (outcome: Outcome) => {
  passed += outcome.passed;
  failed += outcome.failed;
  console.log(outcome.text);
};
const isAlone = ({ name }: Job) => alone.includes(name);
const together = [...(withUnit ? units() : []), ...all.filter((job) => !isAlone(job))];
await performAll(together, Number(process.env.TEST_LANES ?? availableParallelism() + 1), tell);
await performAll(all.filter(isAlone), 1, tell);
writeFileSync(counts, `${passed} ${failed}\n`);
process.exit(failed === 0 ? 0 : 1);
