/* Rebuilds after a few files changed: what did not change is taken from the layer that was made before. */
import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contextWith } from "../../support/build.ts";
import { until } from "../../support/engine.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const call = (args: string[], options = {}) => fixture.engine.slipway(args, options);
const ok = async (args: string[], options = {}) => must(await call(args, options)).stdout.trim();
const output = (image: string, ...args: string[]) => ok(["run", "--rm", "--network", "none", image, ...args]);

const dockerfile = "FROM busybox\nCOPY src /app\nRUN echo 'of a step' >> /app/same\n";

/** Files of layers, by what the kernel calls them: how many layers have each. */
function filesNamed(name: string): Map<string, number> {
  const root = join(fixture.engine.dataRoot, "snapshots");
  const found = execFileSync("find", [root, "-name", name, "-printf", "%i %n\\n"], { encoding: "utf8" });
  return new Map(
    found
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ") as [string, string])
      .map(([inode, names]) => [inode, Number(names)]),
  );
}

/** The next change of a file shows only when the last one is some time ago. */
const settled = (context: string) =>
  until("the files' times tell changes apart", () => {
    const times = execFileSync("find", [context, "-printf", "%C@\\n"], { encoding: "utf8" });
    return Math.max(...times.trim().split("\n").map(Number)) * 1000 + 60 < Date.now();
  });

/** What writes down what was copied may still be at it when a build is answered. */
const remembered = (count: number) =>
  until("the copy is remembered", () => {
    const names = readdirSync(join(fixture.engine.dataRoot, "build/copies"));
    return names.length >= count && names.every((name) => !name.endsWith(".new"));
  });

test("files that did not change are the same in both layers, and belong to each alone", async () => {
  const unique = uniqueName("same");
  using context = contextWith({ Dockerfile: dockerfile.replaceAll("same", unique) });
  const write = (name: string, content: string) => {
    execFileSync("mkdir", ["-p", join(context.path, "src")]);
    writeFileSync(join(context.path, "src", name), content);
  };
  write(unique, "as it was\n");
  write("changed", "1\n");
  await settled(context.path);
  const [one, two] = [uniqueName("one"), uniqueName("two")];
  await ok(["build", "-q", "-t", one, context.path]);
  await remembered(1);
  appendFileSync(join(context.path, "src/changed"), "2\n");
  chmodSync(join(context.path, "src/changed"), 0o600);
  await settled(context.path);
  await ok(["build", "-q", "-t", two, context.path]);
  // The copied one has a name in each layer, and what the step wrote to is a file of its own.
  expect([...filesNamed(unique).values()].sort()).toEqual([1, 1, 2]);
  // Containers write to what they see, and not to the layers.
  expect(await output(one, "sh", "-c", `echo x >> /app/${unique}; cat /app/${unique} /app/changed`)).toBe(
    "as it was\nof a step\nx\n1",
  );
  expect(await output(two, "cat", `/app/${unique}`, "/app/changed")).toBe("as it was\nof a step\n1\n2");
  // The same as if all had been copied.
  const before = await ok(["image", "inspect", "-f", "{{index .RootFS.Layers 1}}", two]);
  await ok(["build", "-q", "--no-cache", "-t", uniqueName("anew"), context.path]);
  expect(await ok(["image", "inspect", "-f", "{{index .RootFS.Layers 1}}", two])).toBe(before);
  // Without the layer that it was first in, the file stays in the other.
  await ok(["image", "rm", "-f", one]);
  await ok(["builder", "prune", "-af"]);
  expect(await output(two, "cat", `/app/${unique}`)).toBe("as it was\nof a step");
  expect((await call(["system", "check"])).code).toBe(0);
});

test("a killed engine's successor goes on from what was copied before", async () => {
  const unique = uniqueName("kept");
  using context = contextWith({
    Dockerfile: "FROM busybox\nCOPY . /app\n",
    [unique]: "kept\n",
    changed: "1\n",
  });
  await settled(context.path);
  await ok(["build", "-q", context.path]);
  await remembered(1);
  await fixture.engine.kill();
  await fixture.engine.start();
  rmSync(join(context.path, "changed"));
  await settled(context.path);
  const name = uniqueName("next");
  await ok(["build", "-q", "-t", name, context.path]);
  expect([...filesNamed(unique).values()]).toEqual([2]);
  expect(await output(name, "ls", "/app")).toBe(["Dockerfile", unique].sort().join("\n"));
});
