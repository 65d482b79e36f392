import { expect, test } from "bun:test";
import { created, running } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("restart policies:", fixture, (line) => {
  const { call, ok } = line;

  test("no is the default", async () => {
    await using container = await running(line, "exit 1");
    await ok(["wait", container.name]);
    expect(
      await container.inspect("{{.HostConfig.RestartPolicy.Name}} {{.RestartCount}} {{.State.Status}}"),
    ).toBe("no 0 exited");
  });

  test("on-failure starts anew as often as it says, and keeps the last exit code", async () => {
    await using container = await running(line, "echo run; exit 3", "--restart", "on-failure:2");
    await until(
      "it has given up",
      async () => (await container.inspect("{{.State.Status}} {{.RestartCount}}")) === "exited 2",
    );
    expect(await container.inspect("{{.State.ExitCode}} {{.State.Restarting}}")).toBe("3 false");
    expect(await ok(["logs", container.name])).toBe("run\nrun\nrun");
  });

  test("on-failure is content with success", async () => {
    await using container = await running(
      line,
      "[ -e /once ] && exit 0; touch /once; exit 1",
      "--restart",
      "on-failure",
    );
    await until("it has ended well", async () => (await container.inspect("{{.State.Status}}")) === "exited");
    expect(await container.inspect("{{.RestartCount}} {{.State.ExitCode}}")).toBe("1 0");
  });

  test("always starts anew after success, waits longer each time, and stops when told", async () => {
    await using container = await running(line, "date +%s%N; exit 0", "--restart", "always");
    await until(
      "it ran four times",
      async () => (await ok(["logs", container.name])).split("\n").length >= 4,
    );
    await ok(["stop", container.name]);
    expect(await container.status()).toBe("exited");
    const times = (await ok(["logs", container.name])).split("\n");
    expect(Number(await container.inspect("{{.RestartCount}}"))).toBeGreaterThanOrEqual(3);
    await ok(["start", container.name]);
    await until(
      "it runs again",
      async () => (await ok(["logs", container.name])).split("\n").length > times.length,
    );
  });

  test("while it waits for its next start it is restarting, and can be removed", async () => {
    await using container = await running(line, "exit 1", "--restart", "always");
    const state = () => container.inspect("{{.State.Status}} {{.State.Running}} {{.State.Restarting}}");
    await until("it waits", async () => (await state()) === "restarting true true");
    expect(await ok(["ps", "-a", "--filter", `name=${container.name}`, "--format", "{{.Status}}"])).toMatch(
      /^(Restarting \(1\) .* ago|Up .*)$/,
    );
    await ok(["rm", "-f", container.name]);
    expect((await call(["inspect", container.name])).code).toBe(1);
  });

  test("what a user kills stays dead, whatever its policy", async () => {
    await using container = await running(line, "sleep 1000", "--restart", "always");
    await ok(["kill", container.name]);
    expect(await ok(["wait", container.name])).toBe("137");
    expect(await container.inspect("{{.State.Status}} {{.RestartCount}}")).toBe("exited 0");
  });

  test("update ends a policy, and wait sees the last exit", async () => {
    await using container = await running(line, "sleep 0.05; exit 4", "--restart", "always");
    await ok(["update", "--restart", "no", container.name]);
    expect(await ok(["wait", container.name])).toBe("4");
    await until("it has ended", async () => (await container.status()) === "exited");
  });

  test("a policy and --rm exclude each other, a count belongs to on-failure", async () => {
    const both = await call(["run", "--rm", "--restart", "always", "busybox", "true"]);
    expect(both.code).toBe(125);
    expect(both.stderr.toLowerCase()).toContain("conflicting options");
    const count = await call(["create", "--restart", "always:3", "busybox"]);
    expect(count.code).toBe(1);
    expect(count.stderr.toLowerCase()).toContain("maximum retry count");
    await using container = await created(line, "true", "--restart", "unless-stopped");
    expect(await container.inspect("{{.HostConfig.RestartPolicy.Name}}")).toBe("unless-stopped");
  });
});
