import { expect, test } from "bun:test";
import { readFileSync, readlinkSync } from "node:fs";
import { executableRanges, releaseExecutablePages } from "./executable-pages.ts";

/** Kilobytes of the executable's code that this process has mapped now. */
function residentCode(): number {
  const path = readlinkSync("/proc/self/exe");
  const entries = readFileSync("/proc/self/smaps", "latin1").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const code = entries.filter((entry) => / r-xp /.test(entry) && entry.includes(` ${path}\n`));
  return code.reduce((sum, entry) => sum + Number(/^Rss: +(\d+) kB$/m.exec(entry)?.[1]), 0);
}

test("code that is not in use leaves the process's memory, and the process goes on", async () => {
  const before = residentCode();
  expect(await releaseExecutablePages()).toBeGreaterThan(before * 1024);
  expect(residentCode()).toBeLessThan(before);
  expect(Buffer.from("it runs").toString("hex")).toBe("69742072756e73");
});

const entry = (head: string, anonymous: number) =>
  `${head}\nSize: 8 kB\nRss: 8 kB\nAnonymous:      ${String(anonymous).padStart(8)} kB\nVmFlags: rd ex mr\n`;

test("what can be or was written to is left alone, and other files are", () => {
  const smaps = [
    entry("00200000-00300000 r--p 00000000 fe:00 12 /usr/bin/slip way (deleted)", 0),
    entry("00300000-00301000 r-xp 00100000 fe:00 12 /usr/bin/slip way (deleted)", 0),
    entry("00301000-00302000 r-xp 00101000 fe:00 12 /usr/bin/slip way (deleted)", 4),
    entry("00302000-00303000 rw-p 00102000 fe:00 12 /usr/bin/slip way (deleted)", 0),
    entry("00400000-00401000 r-xp 00000000 fe:00 13 /usr/lib/libc.so.6", 0),
    entry("00500000-00501000 r--p 00000000 00:00 0", 0),
  ].join("");
  expect(executableRanges(smaps, "/usr/bin/slip way (deleted)")).toEqual([
    { start: 0x200000, bytes: 0x100000 },
    { start: 0x300000, bytes: 0x1000 },
  ]);
});
