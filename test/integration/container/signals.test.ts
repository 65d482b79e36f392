import { expect, test } from "bun:test";
import { running, sleeping } from "../../support/containers.ts";
import { dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("signals:", fixture, (line) => {
  const { ok } = line;

  test("PID 1 without a handler is killed at once, not after ten seconds", async () => {
    await using container = await sleeping(line);
    const before = performance.now();
    await ok(["stop", container.name]);
    expect(performance.now() - before).toBeLessThan(3000);
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("137");
    await ok(["start", container.name]);
    const again = performance.now();
    await ok(["restart", container.name]);
    expect(performance.now() - again).toBeLessThan(3000);
  });

  test("PID 1 with a handler has its time", async () => {
    await using container = await running(
      line,
      "trap 'sleep 0.5; echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done",
    );
    await until("the trap is set", async () => (await ok(["logs", container.name])) === "ready");
    await ok(["stop", container.name]);
    expect(await ok(["logs", container.name])).toBe("ready\ncleaned");
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("0");
  });

  test("--init passes the signal to what has no handler", async () => {
    await using container = await sleeping(line, "--init");
    await until(
      "init has its child",
      async () => (await ok(["top", container.name])).split("\n").length === 3,
    );
    const before = performance.now();
    await ok(["stop", container.name]);
    expect(performance.now() - before).toBeLessThan(3000);
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("143");
  });

  test("stop -s and --stop-timeout of the container", async () => {
    await using container = await running(
      line,
      "trap 'exit 8' HUP; trap '' TERM; echo ready; while :; do sleep 0.05; done",
      ...["--stop-timeout", "1"],
    );
    await until("the traps are set", async () => (await ok(["logs", container.name])) === "ready");
    await ok(["stop", "-s", "HUP", container.name]);
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("8");
  });

  test("run passes on the signals it gets, and --sig-proxy=false keeps them", async () => {
    const program = line.name === "slipway" ? slipwayPath : dockerPath;
    const script = "trap 'echo got; exit 33' USR1; echo ready; while :; do sleep 0.05; done";
    const name = uniqueName();
    const flags = ["-H", fixture.engine.host, "run", "--rm"];
    const proxied = Bun.spawn([program, ...flags, "--name", name, "busybox", "sh", "-c", script], {
      stdout: "pipe",
      stderr: "ignore",
    });
    await until("it is ready", async () => (await line.call(["logs", name])).stdout === "ready\n");
    proxied.kill("SIGUSR1");
    expect(await proxied.exited).toBe(33);
    expect(await proxied.stdout.text()).toBe("ready\ngot\n");

    const other = uniqueName();
    const kept = Bun.spawn(
      [program, ...flags, "--sig-proxy=false", "--name", other, "busybox", "sh", "-c", script],
      { stdout: "ignore", stderr: "ignore" },
    );
    await until("it is ready", async () => (await line.call(["logs", other])).stdout === "ready\n");
    kept.kill("SIGUSR1");
    kept.kill("SIGKILL");
    await kept.exited;
    expect(await ok(["logs", other])).toBe("ready");
    expect(await ok(["inspect", "-f", "{{.State.Status}}", other])).toBe("running");
    await ok(["rm", "-f", other]);
  });

  test("attach passes on the signals it gets", async () => {
    const program = line.name === "slipway" ? slipwayPath : dockerPath;
    await using container = await running(
      line,
      "trap 'exit 34' TERM; while :; do echo beat; sleep 0.05; done",
    );
    const attached = Bun.spawn([program, "-H", fixture.engine.host, "attach", container.name], {
      stdout: "pipe",
      stderr: "ignore",
    });
    const reader = attached.stdout.getReader();
    await reader.read();
    attached.kill("SIGTERM");
    reader.releaseLock();
    expect(await attached.exited).toBe(34);
  });
});
