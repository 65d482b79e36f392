import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

const program = (script: string) => [
  process.execPath,
  "-e",
  `import { endWithParent } from "${join(import.meta.dir, "parent.ts")}"; ${script}`,
];

test("a process ends with its parent, however that ends", async () => {
  const child = program("endWithParent(process.ppid); console.log(process.pid); setInterval(() => {}, 1000)");
  const start = `Bun.spawn(${JSON.stringify(child)}, { stdout: "inherit" }); setInterval(() => {}, 1000)`;
  const parent = Bun.spawn([process.execPath, "-e", start], { stdout: "pipe" });
  const { value } = await parent.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  parent.kill("SIGKILL");
  await parent.exited;
  while (existsSync(`/proc/${pid}`)) await Bun.sleep(5);
});

test("one whose parent has ended already does not begin", async () => {
  const late = Bun.spawn(program("endWithParent(1)"), { stderr: "pipe" });
  expect(await late.stderr.text()).toContain("process 1, which began this, has ended");
  expect(await late.exited).toBe(1);
});
