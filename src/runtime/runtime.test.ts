import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Spec } from "../oci/spec.ts";
import { makeFifo } from "../os/fd.ts";
import { isDeafTo } from "../os/process.ts";
import { makeProcess, RuntimeBench, readTerminal, until } from "./testing.ts";

const silent = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;

for (const binary of ["crun", "runc"]) {
  describe(binary, () => {
    let bench: RuntimeBench;
    beforeAll(() => {
      bench = new RuntimeBench(binary);
    });
    afterAll(async () => {
      await bench.dispose();
    });

    /** Runs to the end and answers what was written to stdout. */
    async function output(bundle: ReturnType<RuntimeBench["prepare"]>) {
      const path = join(bundle.bundle, "stdout");
      makeFifo(path, 0o600);
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const writer = openSync(path, constants.O_WRONLY);
      const process = bench.runtime.run({ ...bundle, stdio: { ...silent, stdout: writer } });
      closeSync(writer);
      await process.started;
      return { text: await new Response(Bun.file(reader).stream()).text(), process };
    }

    test("passes the exit status on and leaves a record of it", async () => {
      const bundle = bench.prepare(["sh", "-c", "exit 7"]);
      const process = bench.runtime.run({ ...bundle, stdio: silent });
      expect((await process.started).pid).toBeGreaterThan(1);
      const exit = await process.exited;
      expect(exit.code).toBe(7);
      expect(Math.abs(exit.finishedAt.getTime() - Date.now())).toBeLessThan(5000);
      expect(bench.status.exit(bundle.id)?.code).toBe(7);
      await bench.runtime.remove(bundle.id, bundle.group);
      expect(bench.runtime.list()).not.toContain(bundle.id);
    });

    test("brings the loopback of a new network namespace up", async () => {
      const { text } = await output(bench.prepare(["cat", "/proc/net/fib_trie"]));
      expect(text).toContain("127.0.0.1");
    });

    test("holds the write end of stdin until it is told not to", async () => {
      const bundle = bench.prepare(["cat"]);
      const path = join(bundle.bundle, "stdin");
      makeFifo(path, 0o600);
      const both = openSync(path, constants.O_RDWR);
      const stdin = openSync(path, constants.O_RDONLY);
      const input = openSync(path, constants.O_WRONLY);
      closeSync(both);
      const process = bench.runtime.run({ ...bundle, stdio: { ...silent, stdin, hold: { input } } });
      closeSync(stdin);
      closeSync(input);
      await process.started;
      const still = Symbol();
      expect(await Promise.race([process.exited, Bun.sleep(50).then(() => still)])).toBe(still);
      process.closeInput();
      expect((await process.exited).code).toBe(0);
    });

    test("signals, freezes, lists and kills", async () => {
      const bundle = bench.prepare(["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.01; done"]);
      const process = bench.runtime.run({ ...bundle, stdio: silent });
      const { pid } = await process.started;
      // Until it has become the shell, runc would take the signal.
      await until(() => readFileSync(`/proc/${pid}/comm`, "utf8") === "sh\n" && !isDeafTo(pid, 15));
      expect(bench.runtime.pids(bundle.id).length).toBeGreaterThan(0);
      await bench.runtime.pause(bundle.id);
      expect(bench.cgroups.isFrozen(bundle.group)).toBe(true);
      await bench.runtime.resume(bundle.id);
      expect(bench.cgroups.isFrozen(bundle.group)).toBe(false);
      expect(bench.runtime.kill(bundle.id, 15)).toBe(true);
      expect((await process.exited).code).toBe(3);
      expect(bench.runtime.kill(bundle.id, 15)).toBe(false);
    });

    test("runs further processes", async () => {
      const bundle = bench.prepare(["sleep", "100"]);
      const process = bench.runtime.run({ ...bundle, stdio: silent });
      await process.started;
      const start = (args: string[]) =>
        bench.runtime.exec({
          id: bundle.id,
          execId: `e${args.join("").replace(/\W/g, "")}`,
          process: makeProcess(args),
          runDir: bundle.runDir,
          stdio: silent,
        });
      const further = await start(["sh", "-c", "exit 5"]);
      await further.started;
      expect((await further.exited).code).toBe(5);
      const missing = await start(["nothing"]);
      const error = await missing.started.catch((reason) => reason);
      expect(error.message).toContain('exec: "nothing": executable file not found in $PATH');
      expect(error.details.exitCode).toBe(127);
      await bench.runtime.killAll(bundle.id);
      expect((await process.exited).code).toBe(137);
    });

    const failures: [what: string, args: string[], exitCode: number, text: string][] = [
      ["a missing executable", ["foo"], 127, 'exec: "foo": executable file not found in $PATH'],
      ["a missing path", ["/foo"], 127, "no such file or directory"],
      ["a file that is not executable", ["/etc/plain"], 126, "permission denied"],
      ["a directory", ["/etc"], 126, "permission denied"],
    ];
    test.each(failures)("says what is wrong with %s", async (_what, args, exitCode, text) => {
      const bundle = bench.prepare(args);
      const process = bench.runtime.run({ ...bundle, stdio: silent });
      const error = await process.started.catch((reason) => reason);
      expect(error.message).toStartWith("failed to create task for container: ");
      expect(error.message).toContain(text);
      expect(error.kind).toBe("invalid");
      expect(error.details.exitCode).toBe(exitCode);
    });

    test("a terminal has all that was said there, however soon the process ended", async () => {
      for (let round = 0; round < 10; round++) {
        const bundle = bench.prepare(["echo", `round ${round}`], (spec) => {
          spec.process!.terminal = true;
        });
        const process = bench.runtime.run({ ...bundle, stdio: { terminal: {} } });
        const master = await process.terminal;
        await process.exited;
        expect(readTerminal(master ?? -1)).toBe(`round ${round}\r\n`);
        await bench.runtime.remove(bundle.id, bundle.group);
      }
    });

    test("there is no terminal of a process that was not started", async () => {
      const bundle = bench.prepare(["missing"], (spec) => {
        spec.process!.terminal = true;
      });
      const process = bench.runtime.run({ ...bundle, stdio: { terminal: {} } });
      expect(await process.terminal).toBeUndefined();
      expect((await process.started.catch((reason) => reason)).details.exitCode).toBe(127);
      await bench.runtime.remove(bundle.id, bundle.group);
    });

    test("further processes have terminals of their own", async () => {
      const bundle = bench.prepare(["sleep", "100"]);
      await bench.runtime.run({ ...bundle, stdio: silent }).started;
      // runc gives it its size a moment after the start.
      const sized = 'until [ "$(stty size)" = "12 34" ]; do :; done; echo sized';
      const further = await bench.runtime.exec({
        id: bundle.id,
        execId: "e1",
        process: {
          ...makeProcess(["sh", "-c", sized]),
          terminal: true,
          consoleSize: { height: 12, width: 34 },
        },
        runDir: bundle.runDir,
        stdio: { terminal: { size: { rows: 12, cols: 34 } } },
      });
      const master = await further.terminal;
      await further.exited;
      expect(readTerminal(master ?? -1)).toBe("sized\r\n");
      await bench.runtime.remove(bundle.id, bundle.group);
    });

    test("gives a start up", async () => {
      const bundle = bench.prepare(["sleep", "100"]);
      const process = bench.runtime.run({ ...bundle, stdio: silent, signal: AbortSignal.abort() });
      expect((await process.started.catch((reason) => reason)).kind).toBe("cancelled");
      await bench.runtime.remove(bundle.id, bundle.group);
    });

    test("counts kills for want of memory", async () => {
      const bundle = bench.prepare(["tail", "/dev/zero"], (spec) => {
        spec.linux!.resources = { memory: { limit: 16 << 20, swap: 16 << 20 } };
      });
      let kills = 0;
      const watch = bench.cgroups.watchOom(bundle.group, () => kills++);
      const process = bench.runtime.run({ ...bundle, stdio: silent });
      await process.started;
      expect((await process.exited).code).toBe(137);
      expect(await watch.happened()).toBe(true);
      expect(kills).toBeGreaterThan(0);
      watch.close();
      const usage = bench.cgroups.usage(bundle.group);
      expect(usage?.peakMemory).toBeGreaterThan(8 << 20);
      expect(usage?.cpuNanoseconds).toBeGreaterThan(0);
    });

    test("does not see a shortage where there was none", async () => {
      const bundle = bench.prepare(["true"], (spec) => {
        spec.linux!.resources = { memory: { limit: 64 << 20 } };
      });
      const watch = bench.cgroups.watchOom(bundle.group, () => undefined);
      await bench.runtime.run({ ...bundle, stdio: silent }).exited;
      expect(await watch.happened()).toBe(false);
      watch.close();
    });

    test("changes limits and reads usage", async () => {
      const bundle = bench.prepare(["sleep", "100"]);
      await bench.runtime.run({ ...bundle, stdio: silent }).started;
      // runc's own threads count until it has become the container's process.
      await until(() => bench.cgroups.stats(bundle.group)?.pids?.current === 1);
      bench.runtime.update(bundle.id, {
        memory: { limit: 64 << 20, swap: 64 << 20 },
        cpu: { shares: 512, quota: 50_000, period: 100_000 },
        pids: { limit: 20 },
      });
      bench.runtime.update(bundle.id, { memory: { limit: 96 << 20, swap: 128 << 20 } });
      const stats = bench.cgroups.stats(bundle.group);
      expect(stats?.memory?.limit).toBe(96 << 20);
      expect(stats?.pids).toEqual({ current: 1, limit: 20 });
      expect(stats?.memory?.usage).toBeGreaterThan(0);
      await bench.runtime.remove(bundle.id, bundle.group);
      expect(bench.cgroups.stats(bundle.group)).toBeUndefined();
      expect(bench.cgroups.usage(bundle.group)).toBeUndefined();
    });

    test("filters system calls alike the first time and later", async () => {
      const refuseSync = (spec: Spec) => {
        spec.linux!.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names: ["kill"], action: "SCMP_ACT_ERRNO", errnoRet: 1 }],
        };
      };
      for (let round = 0; round < 2; round++) {
        const bundle = bench.prepare(["sh", "-c", "kill -0 1 2>/dev/null || exec sleep 100"], refuseSync);
        await bench.runtime.run({ ...bundle, stdio: silent }).started;
        const annotations = JSON.parse(readFileSync(join(bundle.bundle, "config.json"), "utf8")).annotations;
        expect(annotations !== undefined).toBe(binary === "crun" && round > 0);
        const [pid] = bench.runtime.pids(bundle.id);
        expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^Seccomp:\s2$/m);
        await bench.runtime.remove(bundle.id, bundle.group);
      }
    });

    test("names its version", async () => {
      expect(await bench.runtime.version()).toMatch(/^\d+\.\d+/);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain("cgroup2");
    });
  });
}
