import { expect, test } from "bun:test";
import { readFileSync, readlinkSync } from "node:fs";
import { TestEngine, until } from "../../support/engine.ts";

/** Kilobytes of its executable that a process has in memory: code and constants. */
function residentExecutable(pid: number): number {
  const path = readlinkSync(`/proc/${pid}/exe`);
  const entries = readFileSync(`/proc/${pid}/smaps`, "latin1").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const unchanged = entries.filter((entry) => / r-[x-]p /.test(entry) && entry.includes(` ${path}\n`));
  return unchanged.reduce((sum, entry) => sum + Number(/^Rss: +(\d+) kB$/m.exec(entry)?.[1]), 0);
}

test("an engine that is left alone keeps little of its executable in memory, and answers as before", async () => {
  const engine = await TestEngine.start();
  try {
    const before = residentExecutable(engine.pid);
    await until("it has given back a third", () => residentExecutable(engine.pid) < (before * 2) / 3, 30_000);
    expect(await engine.request("/_ping")).toBe("OK");
    expect(engine.log).not.toContain("cannot give memory back");
  } finally {
    await engine.dispose();
  }
});
