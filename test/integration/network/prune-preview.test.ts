import { expect, test } from "bun:test";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const slipway = async (...args: string[]) => must(await fixture.engine.slipway(args)).stdout;

test("a dry run names the networks that a prune then removes, and leaves them", async () => {
  const [used, unused] = [uniqueName("n"), uniqueName("n")];
  for (const name of [used, unused]) await slipway("network", "create", name);
  const container = (await slipway("run", "-d", "--network", used, "busybox", "sleep", "1000")).trim();
  const expected = `Would delete Networks:\n${unused}\n\nWould reclaim: 0B\n`;
  expect(await slipway("network", "prune", "--dry-run")).toBe(expected);
  expect(await slipway("system", "prune", "--dry-run")).toBe(expected);
  expect(await slipway("network", "ls", "-q", "--filter", "type=custom")).toMatch(/^\w+\n\w+\n$/);
  expect(await slipway("system", "prune", "-f")).toBe(
    `Deleted Networks:\n${unused}\n\nTotal reclaimed space: 0B\n`,
  );
  await slipway("rm", "-f", container);
  expect(await slipway("network", "prune", "--dry-run", "--filter", "label=nonesuch")).toBe(
    "Would reclaim: 0B\n",
  );
  expect(await slipway("network", "prune", "-f")).toBe(`Deleted Networks:\n${used}\n\n`);
});
