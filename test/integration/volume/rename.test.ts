import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { created, running } from "../../support/containers.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const slipway = async (args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();
const place = (name: string) => join(fixture.engine.dataRoot, "volumes", name, "_data");

throughBoth("a renamed volume", fixture, (line) => {
  const { call, ok } = line;
  const rename = (name: string, to: string) => slipway(["volume", "rename", name, to]);

  test("keeps its files; a stopped container follows, in all that inspect shows of it", async () => {
    const [name, to] = [uniqueName("v"), uniqueName("v")];
    await ok(["volume", "create", "--label", "k=v", name]);
    await using bound = await created(line, "echo 1 >>/v/f; cat /v/f", "-v", `${name}:/v:rw`);
    const mount = `type=volume,src=${name},dst=/v`;
    await using mounted = await created(line, "echo 2 >>/v/f; cat /v/f", "--mount", mount);
    await ok(["start", "-a", bound.name]);
    await rename(name, to);
    for (const container of [bound, mounted]) {
      expect(await container.inspect("{{range .Mounts}}{{.Name}} {{.Source}}{{end}}")).toBe(
        `${to} ${place(to)}`,
      );
      expect(await container.inspect("{{json .HostConfig}}")).not.toContain(name);
    }
    expect(await bound.inspect("{{json .HostConfig.Binds}}")).toBe(JSON.stringify([`${to}:/v:rw`]));
    expect(await ok(["start", "-a", mounted.name])).toBe("1\n2");
    expect(await ok(["volume", "inspect", "-f", "{{.Name}} {{.Labels.k}}", to])).toBe(`${to} v`);
    expect((await call(["volume", "inspect", name])).stderr).toMatch(/no such volume/i);
    expect(existsSync(place(name))).toBe(false);
    expect((await call(["volume", "rm", to])).stderr).toContain("in use");
    expect(await ok(["ps", "-aq", "--filter", `volume=${to}`])).toMatch(/^\w+\n\w+$/);
  });

  test("stays mounted where a container runs, which finds it after a restart of itself and of the engine", async () => {
    const [name, to, last] = [uniqueName("v"), uniqueName("v"), uniqueName("v")];
    await using container = await running(line, "date >/v/begun; sleep 1000", "-v", `${name}:/v`, "--init");
    await rename(name, to);
    expect((await container.exec("echo after >>/v/f && cat /v/f")).stdout).toBe("after\n");
    await fixture.engine.kill();
    await fixture.engine.start();
    expect((await container.exec("cat /v/f")).stdout).toBe("after\n");
    expect((await call(["volume", "rm", to])).stderr).toContain("in use");
    await rename(to, last);
    await ok(["restart", "-t", "0", container.name]);
    expect((await container.exec("cat /v/f")).stdout).toBe("after\n");
    expect(await container.inspect("{{range .Mounts}}{{.Name}}{{end}}")).toBe(last);
    expect((await ok(["volume", "ls", "-q"])).split("\n")).not.toContain(to);
  });

  test("is kept from then on when it was anonymous", async () => {
    const to = uniqueName("v");
    const container = await created(line, "echo kept >/v/f", "-v", "/v");
    await ok(["start", "-a", container.name]);
    await rename(await container.inspect("{{range .Mounts}}{{.Name}}{{end}}"), to);
    await ok(["rm", "-v", container.name]);
    expect(await ok(["volume", "prune", "-f"])).not.toContain(to);
    expect(await ok(["run", "--rm", "-v", `${to}:/v`, "busybox", "cat", "/v/f"])).toBe("kept");
    await ok(["volume", "rm", to]);
  });
});

test("a name that is taken, malformed or unknown is refused, and nothing changes", async () => {
  const [name, taken] = [uniqueName("v"), uniqueName("v")];
  for (const each of [name, taken]) await slipway(["volume", "create", each]);
  const refusal = async (...args: string[]) =>
    (await fixture.engine.slipway(["volume", "rename", ...args])).stderr;
  expect(await refusal(name, taken)).toContain(`rename ${name}: there is a volume ${taken} already`);
  expect(await refusal(name, name)).toContain("already");
  expect(await refusal(name, "../escape")).toContain("includes invalid characters");
  expect(await refusal(uniqueName("v"), "other")).toContain("no such volume");
  expect(await refusal("--pause", name, "other")).toContain("there is no need to pause");
  await slipway(["volume", "inspect", name, taken]);
});
