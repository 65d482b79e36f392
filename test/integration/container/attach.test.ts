import { expect, test } from "bun:test";
import { Connection, unframe } from "../../support/connection.ts";
import { created, running } from "../../support/containers.ts";
import { command, dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { type Line, throughBoth, withEngine } from "../../support/suite.ts";
import { Terminal } from "../../support/terminal.ts";

const fixture = withEngine();

/** Hijacks an attach to a container and answers when the engine has accepted it. */
async function attach(name: string, query = "stream=1&stdin=1&stdout=1&stderr=1"): Promise<Connection> {
  const connection = new Connection(fixture.engine.socket);
  connection.request("POST", `/containers/${name}/attach?${query}`, {
    Connection: "Upgrade",
    Upgrade: "tcp",
  });
  const head = await connection.head();
  expect(head.status).toBe(101);
  return connection;
}

const argv = (line: Line, ...args: string[]) => [
  line.name === "slipway" ? slipwayPath : dockerPath,
  "-H",
  fixture.engine.host,
  ...args,
];

throughBoth("attach", fixture, (line) => {
  const { call, ok } = line;

  test("shows what comes from now on and exits as the container exits", async () => {
    await using container = await running(line, "read l; echo got $l; exit 6", "-i");
    const result = await call(["attach", container.name], { stdin: "typed\n" });
    expect(result).toEqual({ code: 6, stdout: "got typed\n", stderr: "" });
  });

  test("before the start, nothing is lost", async () => {
    await using container = await created(line, "echo first; cat; echo err >&2", "-i");
    using connection = await attach(container.name);
    await ok(["start", container.name]);
    connection.send("input\n");
    connection.end();
    expect(unframe(await connection.rest())).toEqual({ stdout: "first\ninput\n", stderr: "err\n" });
  });

  test("the end of stdin closes it for the container, and the output goes on", async () => {
    await using container = await created(line, "cat > /dev/null; echo closed; sleep 0.1; echo later", "-i");
    using connection = await attach(container.name);
    await ok(["start", container.name]);
    connection.end();
    expect(unframe(await connection.rest()).stdout).toBe("closed\nlater\n");
  });

  test("a client with stdin that goes leaves an open stdin to the next", async () => {
    await using container = await running(line, "while read l; do echo got $l; done", "-i");
    const first = await attach(container.name);
    first.send("one\n");
    expect(await first.frame()).toEqual({ stream: 1, text: "got one\n" });
    first[Symbol.dispose]();
    using second = await attach(container.name);
    second.send("two\n");
    expect(await second.frame()).toEqual({ stream: 1, text: "got two\n" });
  });

  test("two clients see the same", async () => {
    await using container = await created(line, "for i in $(seq 1 200); do echo $i; done", "-i");
    using first = await attach(container.name);
    using second = await attach(container.name, "stream=1&stdout=1");
    await ok(["start", container.name]);
    const [one, two] = (await Promise.all([first.rest(), second.rest()])).map(unframe);
    expect(one?.stdout.split("\n")).toHaveLength(201);
    expect(two).toEqual(one!);
  });

  test("only the streams that were asked for come", async () => {
    await using container = await created(line, "echo out; echo err >&2");
    using connection = await attach(container.name, "stream=1&stderr=1");
    await ok(["start", container.name]);
    expect(unframe(await connection.rest())).toEqual({ stdout: "", stderr: "err\n" });
  });

  test("logs=1 repeats what was, stream=1 goes on with what comes, without a gap", async () => {
    await using container = await running(
      line,
      "echo before; while [ ! -e /go ]; do sleep 0.02; done; echo after",
    );
    await until("the first line is there", async () => (await ok(["logs", container.name])) === "before");
    using connection = await attach(container.name, "logs=1&stream=1&stdout=1");
    expect(await connection.frame()).toEqual({ stream: 1, text: "before\n" });
    await container.exec("touch /go");
    expect(unframe(await connection.rest()).stdout).toBe("after\n");
  });

  test("a client that does not read stalls neither the container nor another client", async () => {
    await using container = await created(line, "head -c 8000000 /dev/zero; echo; echo end");
    using slow = await attach(container.name, "stream=1&stdout=1");
    slow.stall();
    using fast = await attach(container.name, "stream=1&stdout=1");
    await ok(["start", container.name]);
    const data = await fast.rest();
    expect(unframe(data).stdout.length).toBe(8_000_005);
    expect(await ok(["wait", container.name])).toBe("0");
    expect((await command(["tail", "-c", "200", await container.inspect("{{.LogPath}}")])).stdout).toContain(
      '"log":"end\\n"',
    );
  });

  test("what does not run cannot be attached to by the command line; what is paused neither", async () => {
    await using container = await created(line, "true");
    const stopped = await call(["attach", container.name]);
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain("cannot attach to a stopped container, start it first");
    await using paused = await running(line, "sleep 1000");
    await ok(["pause", paused.name]);
    const frozen = await call(["attach", paused.name]);
    expect(frozen.code).toBe(1);
    expect(frozen.stderr).toContain("cannot attach to a paused container, unpause it first");
  });

  test("the detach keys leave the container running", async () => {
    await using container = await running(line, "echo ready; cat", "-it");
    for (const [flags, keys] of [
      [[], "\x10\x11"],
      [["--detach-keys", "ctrl-a,z"], "\x01z"],
    ] as const) {
      using terminal = new Terminal(argv(line, "attach", ...flags, container.name));
      terminal.type("hello\r");
      await terminal.shows("hello\r\nhello");
      terminal.type(keys);
      expect(await terminal.exited()).toBe(1);
      expect(terminal.output).toContain("read escape sequence");
    }
    expect(await container.status()).toBe("running");
    const query = "stream=1&stdin=1&detachKeys=ctrl-nonsense";
    const wrong = await fixture.engine.fetch(`/containers/${container.name}/attach?${query}`, {
      method: "POST",
    });
    expect(wrong.status).toBe(400);
  });
});
