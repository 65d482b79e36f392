import { expect, test } from "bun:test";
import { join } from "node:path";

/** Starts a program that has the engine's last resort. */
function start(program: string) {
  const path = (name: string) => JSON.stringify(join(import.meta.dir, name));
  const prologue = `
    import { surviveFailures } from ${path("last-resort.ts")};
    import { createLog } from ${path("log.ts")};
    const log = createLog({ logLevel: "info", logFormat: "text" });
    process.on("SIGPIPE", () => {});
    surviveFailures(log);
    const turn = () => new Promise(setImmediate);
  `;
  return Bun.spawn([process.execPath, "-e", prologue + program], {
    stdio: ["pipe", "pipe", "pipe"],
  });
}

test("a failure that nobody handles is logged with its place, and work goes on", async () => {
  const child = start(`
    async function lostRequest() { throw new Error("nobody waits for this"); }
    void lostRequest();
    setImmediate(() => { throw new Error("thrown in a timer"); });
    for (let i = 0; i < 5; i++) await turn();
    console.log("alive");
  `);
  const [out, log, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  expect({ out, status }).toEqual({ out: "alive\n", status: 0 });
  const [first, second] = log.trim().split("\n");
  expect(first).toMatch(/level=error .*nobody waits for this.* lostRequest/);
  expect(second).toMatch(/level=error .*thrown in a timer/);
});

test("one that fails all the time ends", async () => {
  const child = start(`setInterval(() => { throw new Error("again"); }, 0);`);
  const [log, status] = await Promise.all([child.stderr.text(), child.exited]);
  expect(status).toBe(1);
  expect(log.trim().split("\n")).toHaveLength(102);
  expect(log).toContain("100 unexpected failures within a minute");
});

test("a standard error that nobody reads any more is survived", async () => {
  const child = start(`
    await Bun.stdin.text();
    for (let i = 0; i < 20; i++) { log("error", "x"); await turn(); }
    console.log("alive");
  `);
  await child.stderr.cancel();
  child.stdin.end();
  const [out, status] = await Promise.all([child.stdout.text(), child.exited]);
  expect({ out, status }).toEqual({ out: "alive\n", status: 0 });
});
