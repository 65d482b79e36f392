import { expect, test } from "bun:test";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

const program = `
  const { ensureUsableCgroups } = await import("${join(import.meta.dir, "mountns.ts")}");
  const { existsSync, readFileSync } = await import("node:fs");
  console.log(JSON.stringify([process.pid, process.argv.slice(1), process.env.MARK, process.cwd()]));
  ensureUsableCgroups([1 << 30]);
  const hybrid = existsSync("/sys/fs/cgroup/unified/cgroup.controllers");
  const childSees = Bun.spawnSync(["ls", "/sys/fs/cgroup/unified/cgroup.controllers"]).exitCode === 0;
  console.log(JSON.stringify([hybrid, childSees, readFileSync(3, "utf8")]));
`;

test("comes back as the same process, without the unified hierarchy, for itself alone", async () => {
  const unified = "/sys/fs/cgroup/unified/cgroup.controllers";
  const before = existsSync(unified);
  const inherited = openSync(import.meta.path, "r");
  const child = Bun.spawn([process.execPath, "-e", program, "one", "two words"], {
    cwd: "/usr",
    env: { ...process.env, MARK: "kept" },
    stdio: ["ignore", "pipe", "inherit", inherited],
  });
  closeSync(inherited);
  const lines = (await new Response(child.stdout as ReadableStream).text()).trim().split("\n");
  expect(await child.exited).toBe(0);
  const values = lines.map((line) => JSON.parse(line));
  // Where there was something to be done the program began twice.
  expect(values.length).toBe(before ? 3 : 2);
  for (const start of values.slice(0, -1)) {
    expect(start).toEqual([child.pid, ["one", "two words"], "kept", "/usr"]);
  }
  expect(values.at(-1)).toEqual([false, false, readFileSync(import.meta.path, "utf8")]);
  expect(existsSync(unified)).toBe(before);
});
