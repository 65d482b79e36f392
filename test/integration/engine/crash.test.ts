import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Connection } from "../../support/connection.ts";
import { command, slipwayPath, TestEngine, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { must, uniqueName } from "../../support/suite.ts";
import { Terminal } from "../../support/terminal.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await TestEngine.start();
  await ok("image", "bootstrap", "busybox");
});
afterAll(async () => {
  await engine.dispose();
});

const call = (...args: string[]) => engine.slipway(args);
const ok = async (...args: string[]) => must(await call(...args)).stdout.trim();

async function crash(): Promise<void> {
  await engine.kill();
  await engine.start();
}

describe("after a SIGKILL of the engine", () => {
  test("containers run on, with the same process", async () => {
    const name = uniqueName();
    await ok("run", "-d", "--name", name, "-p", "127.0.0.1::80", "busybox", "sleep", "1000");
    const facts = () => ok("inspect", "-f", "{{.State.Pid}} {{.State.Status}} {{.State.StartedAt}}", name);
    const before = await facts();
    const port = await ok("port", name);
    await crash();
    expect(await facts()).toBe(before);
    expect(await ok("port", name)).toBe(port);
    expect(await ok("exec", name, "echo", "works")).toBe("works");
    await ok("stop", name);
    expect(await ok("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", name)).toBe("exited 137");
    await ok("rm", name);
  });

  test("the log has no gap and nothing twice, though lines came all the while", async () => {
    const name = uniqueName();
    const script =
      "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); [ $((i % 10)) = 0 ] && sleep 0.005; done";
    await ok("run", "-d", "--name", name, "busybox", "sh", "-c", script);
    for (let round = 0; round < 3; round++) {
      const seen = (await ok("logs", "--tail", "1", name)).length;
      await crash();
      await until("there is more", async () => (await ok("logs", "--tail", "1", name)).length >= seen);
    }
    expect(await ok("wait", name)).toBe("0");
    const lines = (await ok("logs", name)).split("\n");
    expect(lines).toEqual(Array.from({ length: 3000 }, (_, index) => `line ${index}`));
    await ok("rm", name);
  });

  test("what ended meanwhile has its exit code, its output and its time", async () => {
    const name = uniqueName();
    const script = "echo before; while [ ! -e /go ]; do sleep 0.02; done; echo after; exit 23";
    await ok("run", "-d", "--name", name, "busybox", "sh", "-c", script);
    await until("it writes", async () => (await ok("logs", name)) === "before");
    const pid = await ok("inspect", "-f", "{{.State.Pid}}", name);
    await engine.kill();
    writeFileSync(`/proc/${pid}/root/go`, "");
    await until("it has ended", () => !existsSync(`/proc/${pid}`));
    const ended = Date.now();
    await engine.start();
    expect(await ok("wait", name)).toBe("23");
    expect(await ok("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", name)).toBe("exited 23");
    expect(await ok("logs", name)).toBe("before\nafter");
    const finished = Date.parse(await ok("inspect", "-f", "{{.State.FinishedAt}}", name));
    expect(Math.abs(finished - ended)).toBeLessThan(1500);
    await ok("rm", name);
  });

  test.each([
    ["ended it", "tail /dev/zero", "exited true 137"],
    ["it survived", "tail /dev/zero; touch /survived; sleep 1000", "running true 0"],
    ["did not happen", "exit 3", "exited false 3"],
  ])("a kill for want of memory that %s is told", async (_what, then, state) => {
    const name = uniqueName();
    const limits = ["--memory", "16m", "--memory-swap", "16m"];
    const script = `while [ ! -e /go ]; do sleep 0.02; done; ${then}`;
    await ok("run", "-d", "--name", name, ...limits, "busybox", "sh", "-c", script);
    const pid = await ok("inspect", "-f", "{{.State.Pid}}", name);
    await engine.kill();
    writeFileSync(`/proc/${pid}/root/go`, "");
    await until(
      "it has happened",
      () => !existsSync(`/proc/${pid}`) || existsSync(`/proc/${pid}/root/survived`),
    );
    await engine.start();
    const format = "{{.State.Status}} {{.State.OOMKilled}} {{.State.ExitCode}}";
    expect(await ok("inspect", "-f", format, name)).toBe(state);
    await ok("rm", "-f", name);
  });

  test("a restart that was due meanwhile is made, and --rm is kept", async () => {
    const [again, gone] = [uniqueName(), uniqueName()];
    const wait = "echo run; while [ ! -e /go ]; do sleep 0.02; done; rm /go; exit 1";
    await ok("run", "-d", "--name", again, "--restart", "on-failure:5", "busybox", "sh", "-c", wait);
    await ok("run", "-d", "--rm", "--name", gone, "busybox", "sh", "-c", wait);
    const pids = await Promise.all([again, gone].map((name) => ok("inspect", "-f", "{{.State.Pid}}", name)));
    await until(
      "both are at it",
      async () => (await ok("logs", gone)) === "run" && (await ok("logs", again)) === "run",
    );
    await engine.kill();
    for (const pid of pids) writeFileSync(`/proc/${pid}/root/go`, "");
    await until("both have ended", () => pids.every((pid) => !existsSync(`/proc/${pid}`)));
    await engine.start();
    await until("it was started again", async () => (await ok("logs", again)) === "run\nrun");
    expect(await ok("inspect", "-f", "{{.State.Status}} {{.RestartCount}}", again)).toBe("running 1");
    await until("the other is gone", async () => (await call("inspect", gone)).code === 1);
    await ok("rm", "-f", again);
  });

  test("a terminal lives on, with its size, and can be typed at", async () => {
    const name = uniqueName();
    await ok("run", "-dit", "--name", name, "busybox", "sh");
    await crash();
    using terminal = new Terminal([slipwayPath, "-H", engine.host, "attach", name], {
      columns: 91,
      rows: 31,
    });
    terminal.type("until [ \"$(stty size)\" = '31 91' ]; do sleep 0.02; done; echo al''ive\r");
    await terminal.shows("alive");
    await crash();
    using again = new Terminal([slipwayPath, "-H", engine.host, "attach", name]);
    again.type("echo st''ill; exit 6\r");
    await again.shows("still");
    expect(await again.exited()).toBe(6);
    expect(await ok("inspect", "-f", "{{.State.ExitCode}}", name)).toBe("6");
    expect((await ok("logs", name)).includes("alive")).toBe(true);
    await ok("rm", name);
  });

  test("stdin that is open stays open", async () => {
    const name = uniqueName();
    await ok(
      "run",
      "-di",
      "--name",
      name,
      "busybox",
      "sh",
      "-c",
      "while read l; do echo got $l; done; echo end",
    );
    await crash();
    using connection = new Connection(engine.socket);
    connection.request("POST", `/containers/${name}/attach?stream=1&stdin=1&stdout=1`, {
      Connection: "Upgrade",
      Upgrade: "tcp",
    });
    expect((await connection.head()).status).toBe(101);
    connection.send("word\n");
    expect(await connection.frame()).toEqual({ stream: 1, text: "got word\n" });
    expect(await ok("inspect", "-f", "{{.State.Status}}", name)).toBe("running");
    await ok("rm", "-f", name);
  });

  test("paused stays paused, health checks go on", async () => {
    const [paused, checked] = [uniqueName(), uniqueName()];
    await ok("run", "-d", "--name", paused, "busybox", "sleep", "1000");
    await ok("pause", paused);
    const health = ["--health-cmd", "echo x >> /checks", "--health-interval", "100ms"];
    await ok("run", "-d", "--name", checked, ...health, "busybox", "sleep", "1000");
    await crash();
    expect(await ok("inspect", "-f", "{{.State.Status}}", paused)).toBe("paused");
    await ok("unpause", paused);
    const count = async () => (await ok("exec", checked, "cat", "/checks")).length;
    await until(
      "it was checked",
      async () => (await call("exec", checked, "test", "-e", "/checks")).code === 0,
    );
    const before = await count();
    await until("it is checked again", async () => (await count()) > before);
    await ok("rm", "-f", paused, checked);
  });
});

describe("a SIGKILL in the middle of", () => {
  /** Starts a command, kills the engine at a time of its run, and has the next engine look after what is left. */
  async function during(delay: number, ...args: string[]): Promise<void> {
    const running = call(...args);
    await Bun.sleep(delay);
    await engine.kill();
    await running;
    await engine.start();
  }
  const kills = 3 * Number(process.env.SLIPWAY_TEST_ROUNDS ?? 1);
  /** Spread over the time that such a command takes, in milliseconds. */
  const delays = Array.from({ length: kills }, (_, at) => 5 + Math.round((55 * at) / (kills - 1)));

  test("create leaves a whole container or none", async () => {
    for (const delay of delays) {
      const name = uniqueName();
      await during(delay, "create", "--name", name, "-v", "/data", "busybox", "echo", "whole");
      const there = (await call("inspect", name)).code === 0;
      if (!there) await ok("create", "--name", name, "busybox", "echo", "whole");
      expect((await call("start", "-a", name)).stdout).toBe("whole\n");
      await ok("rm", "-v", name);
    }
  });

  test("start leaves a container that runs or can be started", async () => {
    for (const delay of delays) {
      const name = uniqueName();
      await ok("create", "--name", name, "-p", "127.0.0.1::80", "busybox", "sleep", "1000");
      await during(delay, "start", name);
      expect(["created", "exited", "running"]).toContain(
        await ok("inspect", "-f", "{{.State.Status}}", name),
      );
      await ok("start", name);
      expect(await ok("exec", name, "echo", "up")).toBe("up");
      await ok("rm", "-f", name);
    }
  });

  test("stop leaves a container that can be stopped", async () => {
    for (const delay of delays) {
      const name = uniqueName();
      await ok("run", "-d", "--name", name, "busybox", "sleep", "1000");
      await during(delay, "stop", name);
      await ok("stop", name);
      expect(await ok("inspect", "-f", "{{.State.Status}} {{.State.Pid}}", name)).toBe("exited 0");
      await ok("rm", name);
    }
  });

  test("rm -f leaves all or nothing, and what is left can be removed", async () => {
    for (const delay of delays) {
      const name = uniqueName();
      await ok("run", "-d", "--name", name, "busybox", "sleep", "1000");
      await during(delay, "rm", "-f", name);
      await call("rm", "-f", name);
      expect((await call("inspect", name)).code).toBe(1);
      await ok("create", "--name", name, "busybox");
      await ok("rm", name);
    }
  });

  test("exec leaves a container in which the next exec runs", async () => {
    const name = uniqueName();
    await ok("run", "-d", "--name", name, "busybox", "sleep", "1000");
    for (const delay of delays) {
      await during(delay, "exec", name, "sleep", "0.1");
      expect(await ok("exec", name, "echo", "next")).toBe("next");
    }
    await ok("rm", "-f", name);
  });

  test("load leaves the image whole or not there", async () => {
    using folder = new Folder();
    const builder = uniqueName();
    await ok(
      "run",
      "--name",
      builder,
      "busybox",
      "sh",
      "-c",
      "for i in $(seq 1 300); do echo $i > /f$i; done; head -c 20000000 /dev/urandom > /big",
    );
    await ok("commit", builder, "loaded:1");
    await ok("rm", builder);
    await ok("save", "-o", folder.join("image.tar"), "loaded:1");
    const sum = await ok("run", "--rm", "loaded:1", "sh", "-c", "cat /f* /big | sha256sum");
    for (const delay of [20, 100, 200, 350]) {
      await call("rmi", "loaded:1");
      await during(delay, "load", "-i", folder.join("image.tar"));
      if ((await call("image", "inspect", "loaded:1")).code !== 0)
        await ok("load", "-i", folder.join("image.tar"));
      expect(await ok("run", "--rm", "loaded:1", "sh", "-c", "cat /f* /big | sha256sum")).toBe(sum);
    }
    await ok("rmi", "loaded:1");
  });

  test("nothing is left of any of it", async () => {
    expect(await ok("ps", "-aq")).toBe("");
    const { stdout: mounts } = await command(["sh", "-c", `cat /proc/${engine.pid}/mounts`]);
    expect(mounts.split("\n").filter((row) => row.includes(engine.root) && row.includes("overlay"))).toEqual(
      [],
    );
    expect(readdirSync(join(engine.dataRoot, "containers"))).toEqual([]);
    expect(readdirSync(join(engine.execRoot, "containers"))).toEqual([]);
    const { stdout: rules } = await command(["iptables-save"]);
    expect(
      rules
        .split("\n")
        .filter(
          (row) => row.includes(engine.bip.split(".").slice(0, 3).join(".")) && row.includes("-j DNAT"),
        ),
    ).toEqual([]);
  });
});
