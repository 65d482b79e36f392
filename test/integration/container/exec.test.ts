import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Connection } from "../../support/connection.ts";
import { created, sleeping } from "../../support/containers.ts";
import { dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";
import { Terminal } from "../../support/terminal.ts";

const fixture = withEngine();

throughBoth("exec", fixture, (line) => {
  const { call, ok } = line;

  test("prints what it prints and exits as it exits", async () => {
    await using container = await sleeping(line);
    const result = await container.exec("echo out; echo err >&2; exit 9");
    expect(result).toEqual({ code: 9, stdout: "out\n", stderr: "err\n" });
    expect((await container.exec("kill -9 $$")).code).toBe(137);
  });

  test("a missing program is 127, one that cannot be executed 126", async () => {
    await using container = await sleeping(line);
    const missing = await call(["exec", container.name, "nonesuch"]);
    expect(missing.code).toBe(127);
    expect(missing.stderr + missing.stdout).toContain("executable file not found in $PATH");
    const denied = await call(["exec", container.name, "/etc/passwd"]);
    expect(denied.code).toBe(126);
    expect(denied.stderr + denied.stdout).toContain("permission denied");
    expect(await container.status()).toBe("running");
  });

  test("-i passes stdin and its end", async () => {
    await using container = await sleeping(line);
    const data = "0123456789abcdef".repeat(20_000);
    const result = await call(["exec", "-i", container.name, "sh", "-c", "wc -c; echo end"], { stdin: data });
    expect(result.stdout).toBe(`${data.length}\nend\n`);
  });

  test("environment, working directory, user, privileges", async () => {
    await using container = await sleeping(line, "-e", "KEPT=1", "-w", "/tmp", "-u", "5:6");
    const show = 'echo "$KEPT$NEW $(pwd) $(id -u):$(id -g)"';
    expect(await ok(["exec", container.name, "sh", "-c", show])).toBe("1 /tmp 5:6");
    const flags = ["-e", "NEW=2", "-w", "/etc", "-u", "daemon"];
    expect(await ok(["exec", ...flags, container.name, "sh", "-c", show])).toBe("12 /etc 1:1");
    const bounding = /CapBnd:\s*([0-9a-f]+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    const caps = ["sh", "-c", "grep CapBnd /proc/self/status | cut -f2"];
    expect(await ok(["exec", "--privileged", container.name, ...caps])).toBe(bounding);
    expect(await ok(["exec", container.name, ...caps])).toBe("00000000a80425fb");
    const unknown = await call(["exec", "-u", "nobody-here", container.name, "true"]);
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toContain("nobody-here");
  });

  test("-d returns at once and the process goes on", async () => {
    await using container = await sleeping(line);
    expect(await ok(["exec", "-d", container.name, "sh", "-c", "sleep 0.1; echo made > /file"])).toBe("");
    await until("the file is there", async () => (await container.exec("cat /file")).stdout === "made\n");
  });

  test("what does not run is refused", async () => {
    await using container = await created(line, "true");
    const result = await call(["exec", container.name, "true"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/[Cc]ontainer [0-9a-f]{64} is not running/);
    expect((await call(["exec", "nonesuch", "true"])).stderr).toContain("No such container: nonesuch");
  });

  test("several at once do not mix", async () => {
    await using container = await sleeping(line);
    const outputs = await Promise.all(
      Array.from({ length: 8 }, (_, index) => ok(["exec", container.name, "echo", `${index}`])),
    );
    expect(outputs).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  });

  test("a megabyte comes out whole", async () => {
    await using container = await sleeping(line);
    const { stdout } = await container.exec("seq 1 150000");
    expect(stdout.length).toBe(938_895);
    expect(stdout.endsWith("\n150000\n")).toBe(true);
  });

  test("-it has a terminal of the caller's size, follows it, and detaches", async () => {
    await using container = await sleeping(line);
    const program = line.name === "slipway" ? slipwayPath : dockerPath;
    using terminal = new Terminal([program, "-H", fixture.engine.host, "exec", "-it", container.name, "sh"], {
      columns: 90,
      rows: 30,
    });
    terminal.type("tty; until [ \"$(stty size)\" = '30 90' ]; do sleep 0.02; done; echo si''zed\r");
    await terminal.shows("/dev/pts/");
    await terminal.shows("sized");
    terminal.resize(70, 20);
    terminal.type("until [ \"$(stty size)\" = '20 70' ]; do sleep 0.02; done; echo re''sized\r");
    const at = await terminal.shows("resized");
    terminal.type("exit 7\r");
    expect(await terminal.exited()).toBe(7);
    expect(at).toBeGreaterThan(0);
    using second = new Terminal([program, "-H", fixture.engine.host, "exec", "-it", container.name, "cat"]);
    second.type("here\r");
    await second.shows("here\r\nhere");
    second.type("\x10\x11");
    await second.exited();
    expect((await container.exec("ps -o args | grep -c '^cat'")).stdout).toBe("1\n");
  });

  test("processes of execs end with the container", async () => {
    await using container = await sleeping(line);
    const running = call(["exec", container.name, "sleep", "1000"]);
    await until("it runs", async () => (await ok(["top", container.name])).split("\n").length === 3);
    await ok(["kill", container.name]);
    expect((await running).code).toBe(137);
  });
});

test("an exec is inspected while it runs and after it", async () => {
  const { engine } = fixture;
  const id = (await engine.slipway(["run", "-d", "busybox", "sleep", "1000"])).stdout.trim();
  const json = { method: "POST", headers: { "Content-Type": "application/json" } };
  const created = await engine.fetch(`/containers/${id}/exec`, {
    ...json,
    body: JSON.stringify({ Cmd: ["cat"], AttachStdin: true, AttachStdout: true, Env: ["A=1"], User: "1" }),
  });
  expect(created.status).toBe(201);
  const { Id } = (await created.json()) as { Id: string };
  const inspect = async () =>
    (await (await engine.fetch(`/exec/${Id}/json`)).json()) as Record<string, unknown>;
  expect(await inspect()).toMatchObject({ ID: Id, ContainerID: id, Running: false, ExitCode: null, Pid: 0 });
  using connection = new Connection(engine.socket);
  connection.request("POST", `/exec/${Id}/start`, { Connection: "Upgrade", Upgrade: "tcp" }, { Tty: false });
  expect((await connection.head()).status).toBe(101);
  connection.send("x\n");
  expect(await connection.frame()).toEqual({ stream: 1, text: "x\n" });
  expect(await inspect()).toMatchObject({
    Running: true,
    ExitCode: null,
    OpenStdin: true,
    OpenStdout: true,
    OpenStderr: false,
    ProcessConfig: { entrypoint: "cat", arguments: [], tty: false, user: "1" },
  });
  const again = await engine.fetch(`/exec/${Id}/start`, { ...json, body: '{"Detach":true}' });
  expect(again.status).toBe(409);
  connection.end();
  await connection.rest();
  await until("it has ended", async () => (await inspect()).Running === false);
  expect(await inspect()).toMatchObject({ ExitCode: 0 });
  expect((await engine.fetch("/exec/nonesuch/json")).status).toBe(404);
  const empty = await engine.fetch(`/containers/${id}/exec`, { ...json, body: JSON.stringify({ Cmd: [] }) });
  expect(empty.status).toBe(400);
  await engine.slipway(["rm", "-f", id]);
});
