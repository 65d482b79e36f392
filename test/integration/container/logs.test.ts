import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { created, running } from "../../support/containers.ts";
import { dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z";

throughBoth("logs", fixture, (line) => {
  const { call, ok } = line;

  test("gives each stream back where it was written", async () => {
    await using container = await running(line, "echo out; echo err >&2; echo out2");
    await ok(["wait", container.name]);
    expect(await call(["logs", container.name])).toEqual({ code: 0, stdout: "out\nout2\n", stderr: "err\n" });
  });

  test("is empty, not an error, before anything was written; a missing container is one", async () => {
    await using container = await created(line, "true");
    expect(await call(["logs", container.name])).toEqual({ code: 0, stdout: "", stderr: "" });
    const missing = await call(["logs", "nonesuch"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("No such container: nonesuch");
  });

  test("--tail", async () => {
    await using container = await running(line, "seq 1 500");
    await ok(["wait", container.name]);
    expect(await ok(["logs", "--tail", "3", container.name])).toBe("498\n499\n500");
    expect(await ok(["logs", "-n", "0", container.name])).toBe("");
    expect((await ok(["logs", "--tail", "all", container.name])).split("\n")).toHaveLength(500);
    expect((await ok(["logs", "--tail", "9999", container.name])).split("\n")).toHaveLength(500);
  });

  test("--timestamps, and --since and --until by them", async () => {
    await using container = await running(line, "for i in 1 2 3; do echo $i; sleep 0.1; done");
    await ok(["wait", container.name]);
    const stamped = (await ok(["logs", "-t", container.name])).split("\n");
    for (const [index, entry] of stamped.entries()) {
      expect(entry).toMatch(new RegExp(`^${time} ${index + 1}$`));
    }
    const middle = stamped[1]?.split(" ")[0] ?? "";
    expect(await ok(["logs", "--since", middle, container.name])).toBe("2\n3");
    expect(await ok(["logs", "--until", middle, container.name])).toBe("1\n2");
    expect(await ok(["logs", "--since", middle, "--until", middle, container.name])).toBe("2");
    expect(await ok(["logs", "--since", "10m", container.name])).toBe("1\n2\n3");
    expect(await ok(["logs", "--until", "10m", container.name])).toBe("");
    expect((await call(["logs", "--since", "yesterday-ish", container.name])).code).toBe(1);
  });

  test("--details shows the labels and variables that were asked for", async () => {
    await using container = await running(
      line,
      "echo line",
      ...["--label", "app=shop", "-e", "STAGE=test", "--log-opt", "labels=app", "--log-opt", "env=STAGE"],
    );
    await ok(["wait", container.name]);
    expect(await ok(["logs", "--details", container.name])).toBe("STAGE=test,app=shop line");
  });

  test("--follow goes on until the container ends", async () => {
    await using container = await running(line, "echo early; sleep 0.3; echo late; exit 3");
    expect(await call(["logs", "-f", container.name])).toEqual({
      code: 0,
      stdout: "early\nlate\n",
      stderr: "",
    });
  });

  test("--follow with --tail 0 begins with what is new", async () => {
    await using container = await running(
      line,
      "echo old; while [ ! -e /go ]; do sleep 0.02; done; echo new",
    );
    await until("the old line is there", async () => (await ok(["logs", container.name])) === "old");
    const following = call(["logs", "-f", "--tail", "0", container.name]);
    await container.exec("sleep 0.3; touch /go");
    expect((await following).stdout).toBe("new\n");
  });

  test("a last line without an end, and an overlong one, come back as they were", async () => {
    await using container = await running(
      line,
      "head -c 40000 /dev/zero | tr '\\0' x; echo; printf 'no end'",
    );
    await ok(["wait", container.name]);
    expect((await call(["logs", container.name])).stdout).toBe(`${"x".repeat(40000)}\nno end`);
  });

  test("logs of all runs are kept; a TTY's come as one stream", async () => {
    await using container = await created(line, "echo run >&2", "-t");
    for (let run = 0; run < 2; run++) {
      await ok(["start", container.name]);
      await ok(["wait", container.name]);
    }
    expect((await call(["logs", container.name])).stdout).toBe("run\r\nrun\r\n");
  });

  test("json-file has Docker's layout in Docker's place", async () => {
    await using container = await running(line, "printf 'one\\ntwo'; echo err >&2");
    await ok(["wait", container.name]);
    const [path = "", id = ""] = (await container.inspect("{{.LogPath}} {{.Id}}")).split(" ");
    expect(path).toBe(join(fixture.engine.dataRoot, "containers", id, `${id}-json.log`));
    const entries = readFileSync(path, "utf8").trim().split("\n");
    const parsed = entries.map((entry) => JSON.parse(entry) as { log: string; stream: string; time: string });
    expect(parsed.map((entry) => [entry.stream, entry.log]).sort()).toEqual([
      ["stderr", "err\n"],
      ["stdout", "one\n"],
      ["stdout", "two"],
    ]);
    expect(Object.keys(parsed[0] ?? {})).toEqual(["log", "stream", "time"]);
    expect(parsed[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
  });

  test("rotation keeps the newest and forgets the oldest", async () => {
    await using container = await running(
      line,
      "seq 100001 102000",
      ...["--log-opt", "max-size=20k", "--log-opt", "max-file=3"],
    );
    await ok(["wait", container.name]);
    const path = await container.inspect("{{.LogPath}}");
    const files = readdirSync(join(path, "..")).filter((file) => file.includes("-json.log"));
    expect(files).toHaveLength(3);
    expect(existsSync(`${path}.2`)).toBe(true);
    const lines = (await ok(["logs", container.name])).split("\n");
    const first = Number(lines[0]);
    expect(first).toBeGreaterThan(100001);
    expect(lines).toEqual(Array.from({ length: 102000 - first + 1 }, (_, index) => `${first + index}`));
    expect(await ok(["logs", "--tail", "1", container.name])).toBe("102000");
  });

  test("--follow loses nothing when the file is rotated under it", async () => {
    await using container = await created(
      line,
      "echo begin; until [ -e /go ]; do sleep 0.02; done; for i in $(seq 1 40); do seq $((i*1000)) $((i*1000+99)); sleep 0.02; done",
      ...["--log-opt", "max-size=10k", "--log-opt", "max-file=5"],
    );
    await ok(["start", container.name]);
    const program = line.name === "docker" ? dockerPath : slipwayPath;
    const follower = Bun.spawn([program, "-H", fixture.engine.host, "logs", "-f", container.name], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    let isFollowing = false;
    for await (const chunk of follower.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      // What was rotated away before somebody followed is gone.
      if (!isFollowing) await ok(["exec", container.name, "touch", "/go"]);
      isFollowing = true;
    }
    const expected = Array.from(
      { length: 4000 },
      (_, at) => `${(Math.floor(at / 100) + 1) * 1000 + (at % 100)}`,
    );
    expect(text.trim().split("\n")).toEqual(["begin", ...expected]);
  });

  test("the local driver gives back the same, none refuses", async () => {
    await using local = await running(line, "seq 1 300; echo err >&2", "--log-driver", "local");
    await ok(["wait", local.name]);
    const result = await call(["logs", local.name]);
    expect(result.stdout.trim().split("\n")).toHaveLength(300);
    expect(result.stderr).toBe("err\n");
    expect(await ok(["logs", "--tail", "2", local.name])).toMatch(/^(299\n)?300$/);
    await using none = await running(line, "echo lost", "--log-driver", "none");
    await ok(["wait", none.name]);
    const refused = await call(["logs", none.name]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("configured logging driver does not support reading");
    expect((await call(["run", "--rm", "--log-driver", "none", "busybox", "echo", "seen"])).stdout).toBe(
      "seen\n",
    );
  });

  test("unknown drivers and options are refused by name", async () => {
    const driver = await call(["create", "--log-driver", "nonesuch", "busybox"]);
    expect(driver.code).toBe(1);
    expect(driver.stderr).toContain("nonesuch");
    const option = await call(["create", "--log-opt", "nonesuch=1", "busybox"]);
    expect(option.code).toBe(1);
    expect(option.stderr).toContain("nonesuch");
    expect((await call(["run", "--rm", "--log-opt", "max-size=lots", "busybox", "true"])).stderr).toContain(
      "lots",
    );
  });
});
