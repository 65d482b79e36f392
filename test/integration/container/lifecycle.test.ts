import { expect, test } from "bun:test";
import { created, running, sleeping } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("the life of a container:", fixture, (line) => {
  const { call, ok } = line;

  test("create prints the id, start the name, and the state follows", async () => {
    const name = uniqueName();
    expect(await ok(["create", "--name", name, "busybox", "sleep", "1000"])).toMatch(/^[0-9a-f]{64}$/);
    const state = () => ok(["inspect", "-f", "{{.State.Status}} {{.State.Running}}", name]);
    expect(await state()).toBe("created false");
    expect(await ok(["start", name])).toBe(name);
    expect(await state()).toBe("running true");
    expect(await ok(["start", name])).toBe(name);
    expect(await ok(["stop", name])).toBe(name);
    expect(await state()).toBe("exited false");
    expect(await ok(["stop", name])).toBe(name);
    expect(await ok(["rm", name])).toBe(name);
    expect((await call(["inspect", name])).code).toBe(1);
  });

  test("start -a prints what a short container prints and exits as it exits", async () => {
    await using container = await created(line, "echo out; echo err >&2; exit 4");
    const result = await call(["start", "-a", container.name]);
    expect(result).toEqual({ code: 4, stdout: "out\n", stderr: "err\n" });
    expect((await call(["start", "-a", container.name])).stdout).toBe("out\n");
  });

  test("start -a -i feeds it", async () => {
    await using container = await created(line, "cat; echo end", "-i");
    const result = await call(["start", "-a", "-i", container.name], { stdin: "fed\n" });
    expect(result.stdout).toBe("fed\nend\n");
  });

  test("stop sends the stop signal and keeps the exit code", async () => {
    await using term = await running(line, "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done");
    await until("the trap is set", async () => (await ok(["logs", term.name])) === "ready");
    await ok(["stop", term.name]);
    expect(await term.inspect("{{.State.ExitCode}}")).toBe("5");
    await using user = await running(
      line,
      "trap 'exit 6' USR2; echo ready; while :; do sleep 0.05; done",
      "--stop-signal",
      "USR2",
    );
    await until("the trap is set", async () => (await ok(["logs", user.name])) === "ready");
    await ok(["stop", user.name]);
    expect(await user.inspect("{{.State.ExitCode}}")).toBe("6");
  });

  test("stop kills what handles the signal and goes on after its time", async () => {
    await using container = await running(line, "trap : TERM; echo ready; while :; do sleep 0.05; done");
    await until("the trap is set", async () => (await ok(["logs", container.name])) === "ready");
    const before = performance.now();
    await ok(["stop", "-t", "1", container.name]);
    expect(performance.now() - before).toBeGreaterThan(950);
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("137");
  });

  test("restart makes a new process of the same container", async () => {
    await using container = await sleeping(line);
    const facts = () => container.inspect("{{.Id}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}");
    const [id, pid, startedAt] = (await facts()).split(" ");
    expect(await ok(["restart", "-t", "0", container.name])).toBe(container.name);
    const [idAfter, pidAfter, startedAfter, count] = (await facts()).split(" ");
    expect(idAfter).toBe(id ?? "");
    expect(pidAfter).not.toBe(pid);
    expect(startedAfter).not.toBe(startedAt);
    expect(count).toBe("0");
    expect(await container.status()).toBe("running");
  });

  test("restart starts a container that has ended", async () => {
    await using container = await running(line, "date +%N; sleep 0.1");
    await ok(["wait", container.name]);
    await ok(["restart", container.name]);
    await ok(["wait", container.name]);
    expect((await ok(["logs", container.name])).split("\n")).toHaveLength(2);
  });

  test("kill sends the signal that is asked for", async () => {
    await using container = await running(
      line,
      "trap 'echo hup' HUP; trap 'exit 3' USR1; echo ready; while :; do sleep 0.05; done",
    );
    await until("the traps are set", async () => (await ok(["logs", container.name])) === "ready");
    expect(await ok(["kill", "-s", "HUP", container.name])).toBe(container.name);
    await until("it handled the signal", async () => (await ok(["logs", container.name])) === "ready\nhup");
    await ok(["kill", "-s", "10", container.name]);
    expect(await ok(["wait", container.name])).toBe("3");
    const dead = await call(["kill", container.name]);
    expect(dead.code).toBe(1);
    expect(dead.stderr).toContain("is not running");
    const nonsense = await call(["kill", "-s", "NONSENSE", container.name]);
    expect(nonsense.code).toBe(1);
    expect(nonsense.stderr.toLowerCase()).toContain("invalid signal: nonsense");
  });

  test("pause freezes, unpause thaws", async () => {
    await using container = await running(line, "while :; do echo tick; sleep 0.02; done");
    expect(await ok(["pause", container.name])).toBe(container.name);
    expect(await container.inspect("{{.State.Status}} {{.State.Paused}} {{.State.Running}}")).toBe(
      "paused true true",
    );
    const frozen = (await ok(["logs", container.name])).length;
    expect(await ok(["ps", "--filter", `name=${container.name}`, "--format", "{{.Status}}"])).toMatch(
      /^Up .*\(Paused\)$/,
    );
    const exec = await call(["exec", container.name, "true"]);
    expect(exec.code).toBe(1);
    expect(exec.stderr).toContain("is paused, unpause the container before exec");
    expect((await call(["pause", container.name])).stderr).toContain("is already paused");
    expect((await ok(["logs", container.name])).length).toBe(frozen);
    expect(await ok(["unpause", container.name])).toBe(container.name);
    expect(await container.status()).toBe("running");
    await until("it goes on", async () => (await ok(["logs", container.name])).length > frozen);
    expect((await call(["unpause", container.name])).stderr).toContain("is not paused");
  });

  test("a paused container can be killed and removed by force", async () => {
    await using container = await sleeping(line);
    await ok(["pause", container.name]);
    expect((await call(["rm", container.name])).stderr).toContain("must be unpaused first");
    await ok(["rm", "-f", container.name]);
    expect((await call(["inspect", container.name])).code).toBe(1);
  });

  test("rename: the new name answers, the old one does not, a taken one is refused", async () => {
    await using container = await sleeping(line);
    await using other = await created(line, "true");
    const name = uniqueName("renamed");
    await ok(["rename", container.name, name]);
    expect(await ok(["inspect", "-f", "{{.Name}}", name])).toBe(`/${name}`);
    expect((await call(["inspect", container.name])).code).toBe(1);
    const taken = await call(["rename", name, other.name]);
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain(`"/${other.name}" is already in use`);
    expect((await call(["rename", name, "bad name"])).stderr).toContain("Invalid container name");
    await ok(["rename", name, container.name]);
  });

  test("update changes the limits of what runs", async () => {
    await using container = await sleeping(line, "--memory", "64m", "--memory-swap", "64m");
    const limit =
      "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null";
    const flags = ["--memory", "96m", "--memory-swap", "128m", "--pids-limit", "55"];
    expect(await ok(["update", ...flags, "--restart", "on-failure:3", container.name])).toBe(container.name);
    expect((await container.exec(limit)).stdout).toBe(`${96 * 1024 * 1024}\n55\n`);
    expect(
      await container.inspect(
        "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}} {{.HostConfig.RestartPolicy.Name}}:{{.HostConfig.RestartPolicy.MaximumRetryCount}}",
      ),
    ).toBe(`${96 * 1024 * 1024} ${128 * 1024 * 1024} 55 on-failure:3`);
    expect((await call(["update", "--memory", "1k", container.name])).code).toBe(1);
    expect(await container.inspect("{{.HostConfig.Memory}}")).toBe(`${96 * 1024 * 1024}`);
  });

  test("what runs is removed only by force", async () => {
    await using container = await sleeping(line);
    const refused = await call(["rm", container.name]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("stop the container before removing or force remove");
    expect(await container.status()).toBe("running");
    expect(await ok(["rm", "-f", container.name])).toBe(container.name);
    const gone = await call(["rm", container.name]);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain(`No such container: ${container.name}`);
    expect((await call(["rm", "-f", container.name])).code).toBe(0);
  });

  test("rm -v takes anonymous volumes along and leaves named ones", async () => {
    const volume = uniqueName("v");
    await using container = await created(line, "true", "-v", "/anonymous", "-v", `${volume}:/named`);
    const anonymous = await container.inspect(
      '{{range .Mounts}}{{if eq .Destination "/anonymous"}}{{.Name}}{{end}}{{end}}',
    );
    expect(anonymous).toMatch(/^[0-9a-f]{64}$/);
    await ok(["rm", "-v", container.name]);
    expect((await call(["volume", "inspect", anonymous])).code).toBe(1);
    expect(await ok(["volume", "rm", volume])).toBe(volume);
  });

  test("prune removes what has ended and says so", async () => {
    const label = uniqueName("prune");
    await using alive = await sleeping(line, "--label", label);
    await using ended = await running(line, "echo data > /file", "--label", label);
    await ok(["wait", ended.name]);
    const id = await ended.inspect("{{.Id}}");
    const output = await ok(["container", "prune", "-f", "--filter", `label=${label}`]);
    expect(output).toMatch(new RegExp(`^Deleted Containers:\n${id}\n\nTotal reclaimed space: \\d.*B$`));
    expect(await alive.status()).toBe("running");
    expect((await call(["inspect", ended.name])).code).toBe(1);
    expect(await ok(["container", "prune", "-f", "--filter", `label=${label}`])).toBe(
      "Total reclaimed space: 0B",
    );
  });

  test("wait prints each exit code", async () => {
    await using first = await running(line, "sleep 0.2; exit 11");
    await using second = await running(line, "exit 12");
    expect(await ok(["wait", first.name, second.name])).toBe("11\n12");
    const missing = await call(["wait", "nonesuch"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("No such container: nonesuch");
  });

  test("several are treated in one command, and one that fails does not stop the others", async () => {
    await using first = await sleeping(line);
    await using second = await sleeping(line);
    const result = await call(["stop", "-t", "0", first.name, "nonesuch", second.name]);
    expect(result.code).toBe(1);
    expect(result.stdout.trim().split("\n").sort()).toEqual([first.name, second.name].sort());
    expect(result.stderr).toContain("No such container: nonesuch");
    expect(await first.status()).toBe("exited");
    expect(await second.status()).toBe("exited");
  });

  test("an id's beginning is enough unless two have it", async () => {
    await using container = await created(line, "true");
    const id = await container.inspect("{{.Id}}");
    expect(await ok(["inspect", "-f", "{{.Name}}", id.slice(0, 12)])).toBe(`/${container.name}`);
  });
});
