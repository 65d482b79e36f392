import { expect, test } from "bun:test";
import { dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";
import { Terminal } from "../../support/terminal.ts";

const fixture = withEngine();

throughBoth("run -it", fixture, ({ name: program, call, ok }) => {
  const terminal = (args: string[], size: { columns?: number; rows?: number } = {}) =>
    new Terminal(
      [program === "slipway" ? slipwayPath : dockerPath, "-H", fixture.engine.host, ...args],
      size,
    );

  test("is an interactive shell that exits as it is told", async () => {
    using shell = terminal(["run", "--rm", "-it", "busybox", "sh"]);
    await shell.shows("# ");
    shell.type("tty; echo $TERM\r");
    await shell.shows(/\/dev\/(pts\/0|console)\r\nxterm\r\n/);
    shell.type("exit 5\r");
    expect(await shell.exited()).toBe(5);
  });

  test("has the terminal's size from the first moment, and follows it", async () => {
    const script =
      "until [ \"$(stty size)\" = '33 111' ]; do :; done; echo sized; trap 'stty size' WINCH; while :; do sleep 0.02; done";
    using shell = terminal(["run", "--rm", "-it", "busybox", "sh", "-c", script], { columns: 111, rows: 33 });
    await shell.shows("sized");
    // docker looks for changes only some time after it has told the first size.
    await until("the program knows the new size", () => {
      shell.resize(78, 22);
      shell.resize(77, 22);
      return shell.output.includes("22 77\r\n");
    });
    shell.type("\x03");
    expect(await shell.exited()).toBe(130);
  });

  test("Ctrl-C reaches the program, not the command line", async () => {
    const script = "trap 'echo interrupted; exit 42' INT; echo ready; while :; do sleep 0.02; done";
    using shell = terminal(["run", "--rm", "-it", "busybox", "sh", "-c", script]);
    await shell.shows("ready");
    shell.type("\x03");
    await shell.shows("interrupted");
    expect(await shell.exited()).toBe(42);
  });

  test("Ctrl-D ends the input", async () => {
    using shell = terminal(["run", "--rm", "-it", "busybox", "cat"]);
    shell.type("echoed\r");
    await shell.shows("echoed\r\nechoed\r\n");
    shell.type("\x04");
    expect(await shell.exited()).toBe(0);
  });

  test("the detach keys leave it running, attach comes back to it", async () => {
    const name = uniqueName();
    using shell = terminal(["run", "-it", "--name", name, "busybox", "sh"]);
    await shell.shows("# ");
    shell.type("kept=1\r");
    await shell.shows("# ", await shell.shows("kept=1"));
    shell.type("\x10\x11");
    expect(await shell.exited()).toBe(0);
    expect(await ok(["inspect", "-f", "{{.State.Status}}", name])).toBe("running");
    using back = terminal(["attach", name], { columns: 60, rows: 20 });
    back.type("echo =$kept; until [ \"$(stty size)\" = '20 60' ]; do sleep 0.02; done; echo si''zed\r");
    await back.shows("=1");
    await back.shows("sized");
    back.type("exit 3\r");
    expect(await back.exited()).toBe(3);
    await ok(["rm", name]);
  });

  test("Ctrl-P alone and half a detach sequence reach the program", async () => {
    using shell = terminal([
      "run",
      "--rm",
      "-it",
      "busybox",
      "sh",
      "-c",
      "stty raw -echo; echo go; head -c 4 | od -An -c",
    ]);
    await shell.shows("go");
    shell.type("a\x10bc");
    await shell.shows(/a\s+020\s+b\s+c/);
    expect(await shell.exited()).toBe(0);
  });

  test("a TTY without a terminal at the caller's end is refused with input, allowed without", async () => {
    const refused = await call(["run", "--rm", "-it", "busybox", "true"], { stdin: "" });
    expect(refused.code).toBe(1);
    expect(refused.stderr.toLowerCase()).toContain("input device is not a tty");
    expect((await call(["run", "--rm", "-t", "busybox", "echo", "x"])).stdout).toBe("x\r\n");
  });

  test("all that a process says is shown, however soon it ends", async () => {
    const name = uniqueName();
    await ok(["run", "-d", "--name", name, "busybox", "sleep", "1000"]);
    const commands = Array.from({ length: 8 }, (_, index) => [
      ["run", "--rm", "-t", "--network", "none", "busybox", "echo", `run ${index}`],
      ["exec", "-t", name, "echo", `exec ${index}`],
    ]).flat();
    const said = await Promise.all(commands.map((args) => ok(args)));
    expect(said).toEqual(commands.map((args) => args.at(-1) ?? ""));
    await ok(["rm", "-f", name]);
  });

  test("a detached one keeps its terminal's output and takes a size by the API", async () => {
    const name = uniqueName();
    await ok([
      "run",
      "-dit",
      "--name",
      name,
      "busybox",
      "sh",
      "-c",
      "trap 'stty size' WINCH; echo up; while :; do sleep 0.02; done",
    ]);
    await until("it is up", async () => (await ok(["logs", name])).includes("up"));
    const resize = (query: string) =>
      fixture.engine.fetch(`/containers/${name}/resize?${query}`, { method: "POST" });
    expect((await resize("h=12&w=34")).status).toBe(200);
    await until("it knows its size", async () => (await ok(["logs", name])).includes("12 34"));
    expect((await resize("h=x&w=1")).status).toBe(400);
    await ok(["rm", "-f", name]);
    expect((await resize("h=1&w=1")).status).toBe(404);
  });

  test("the caller's terminal is itself again afterwards", async () => {
    using shell = new Terminal([
      "sh",
      "-c",
      `stty -a > /dev/null; before=$(stty -g); ${program === "slipway" ? slipwayPath : dockerPath} -H ${fixture.engine.host} run --rm -it busybox true; [ "$before" = "$(stty -g)" ] && echo same`,
    ]);
    await shell.shows("same");
    expect(await shell.exited()).toBe(0);
  });
});
