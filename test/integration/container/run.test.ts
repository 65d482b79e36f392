import { afterAll, expect, test } from "bun:test";
import { existsSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../../../src/os/testing.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

afterAll(removeScratch);

const fixture = withEngine();

throughBoth("run", fixture, ({ name: line, call, ok }) => {
  test("prints what the container prints, each stream on its own", async () => {
    const result = await call(["run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2"]);
    expect(result).toEqual({ code: 0, stdout: "out\n", stderr: "err\n" });
  });

  test("exits as the container exits", async () => {
    expect((await call(["run", "--rm", "busybox", "sh", "-c", "exit 7"])).code).toBe(7);
    expect((await call(["run", "--rm", "--init", "busybox", "sh", "-c", "kill -9 $$"])).code).toBe(137);
  });

  test("a missing program is 127, one that cannot be executed 126, an engine's error 125", async () => {
    const missing = await call(["run", "--rm", "busybox", "nonesuch"]);
    expect(missing.code).toBe(127);
    expect(missing.stderr).toContain("executable file not found in $PATH");
    const absolute = await call(["run", "--rm", "busybox", "/none/such"]);
    expect(absolute.code).toBe(127);
    const denied = await call(["run", "--rm", "busybox", "/etc/passwd"]);
    expect(denied.code).toBe(126);
    expect(denied.stderr).toContain("permission denied");
    expect((await call(["run", "--rm", "--memory", "1k", "busybox", "true"])).code).toBe(125);
    expect((await call(["run", "--nonsense", "busybox"])).code).toBe(125);
  });

  test("nothing is left of a run that failed with --rm", async () => {
    const name = uniqueName();
    await call(["run", "--rm", "--name", name, "busybox", "nonesuch"]);
    expect(await ok(["ps", "-aq", "--filter", `name=${name}`])).toBe("");
  });

  test("a missing image is named", async () => {
    const result = await call(["create", "nonesuch:1"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("nonesuch:1");
  });

  test("stdin reaches the container, and its end does too", async () => {
    const result = await call(["run", "--rm", "-i", "busybox", "sh", "-c", "cat; echo done"], {
      stdin: "one\ntwo\n",
    });
    expect(result.stdout).toBe("one\ntwo\ndone\n");
  });

  test("a megabyte in is a megabyte out", async () => {
    const data = "0123456789abcdef".repeat(65536);
    const result = await call(["run", "--rm", "-i", "busybox", "cat"], { stdin: data });
    expect(result.stdout.length).toBe(data.length);
    expect(Bun.hash(result.stdout)).toBe(Bun.hash(data));
  });

  test("environment, working directory, user, hostname, labels", async () => {
    const output = await ok([
      "run",
      "--rm",
      "-e",
      "A=b c",
      "-w",
      "/tmp",
      "-u",
      "1234:5678",
      "-h",
      "box",
      "--label",
      "k=v",
      "busybox",
      "sh",
      "-c",
      'echo "$A|$(pwd)|$(id -u):$(id -g)|$(hostname)|$PATH"',
    ]);
    expect(output).toBe(
      "b c|/tmp|1234:5678|box|/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    );
  });

  test("--env-file and --cidfile", async () => {
    const folder = scratchDirectory("run");
    writeFileSync(join(folder, "env"), "# comment\nONE=1\nTWO=two words\n");
    const output = await ok([
      "run",
      "--rm",
      "--env-file",
      join(folder, "env"),
      "--cidfile",
      join(folder, "cid"),
      "busybox",
      "sh",
      "-c",
      "echo $ONE $TWO",
    ]);
    expect(output).toBe("1 two words");
    expect(readFileSync(join(folder, "cid"), "utf8")).toMatch(/^[0-9a-f]{64}$/);
    const again = await call(["run", "--rm", "--cidfile", join(folder, "cid"), "busybox", "true"]);
    expect(again.code).toBe(125);
    expect(again.stderr).toContain("cid");
  });

  test("the root is read-only when asked, with tmpfs where asked", async () => {
    const result = await call([
      "run",
      "--rm",
      "--read-only",
      "--tmpfs",
      "/scratch:size=1m",
      "busybox",
      "sh",
      "-c",
      "echo x > /scratch/f && cat /scratch/f; echo x > /f",
    ]);
    expect(result.stdout).toBe("x\n");
    expect(result.stderr).toContain("Read-only file system");
  });

  test("a container is PID 1 among its own processes and sees no others", async () => {
    const output = await ok(["run", "--rm", "busybox", "sh", "-c", "echo $$; ls /proc | grep -c '^[0-9]'"]);
    const [own, count] = output.split("\n");
    expect(own).toBe("1");
    expect(Number(count)).toBeLessThan(6);
  });

  test("capabilities: the default set, none, all that the host has", async () => {
    const effective = (...flags: string[]) =>
      ok(["run", "--rm", ...flags, "busybox", "sh", "-c", "grep CapEff /proc/self/status | cut -f2"]);
    expect(await effective()).toBe("00000000a80425fb");
    expect(await effective("--cap-drop", "ALL")).toBe("0000000000000000");
    expect(await effective("--cap-add", "NET_ADMIN")).toBe("00000000a80435fb");
    const bounding = /CapBnd:\s*([0-9a-f]+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    expect(await effective("--privileged")).toBe(bounding ?? "");
  });

  test("masked and read-only paths", async () => {
    const output = await ok([
      "run",
      "--rm",
      "busybox",
      "sh",
      "-c",
      "wc -c < /proc/keys; echo 1 > /proc/sys/kernel/panic || echo refused",
    ]);
    expect(output).toContain("0");
    expect(output).toContain("refused");
  });

  test("seccomp: namespaces cannot be made, unless unconfined with the capability", async () => {
    expect((await call(["run", "--rm", "busybox", "unshare", "-m", "true"])).code).not.toBe(0);
    const free = ["run", "--rm", "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined", "busybox"];
    expect((await call([...free, "unshare", "-m", "true"])).code).toBe(0);
  });

  test("no-new-privileges is set when asked", async () => {
    const output = await ok([
      "run",
      "--rm",
      "--security-opt",
      "no-new-privileges",
      "busybox",
      "grep",
      "NoNewPrivs",
      "/proc/self/status",
    ]);
    expect(output).toMatch(/NoNewPrivs:\s+1/);
  });

  test("memory, cpu and pids limits reach the kernel", async () => {
    const output = await ok([
      "run",
      "--rm",
      "--memory",
      "64m",
      "--cpus",
      "0.5",
      "--pids-limit",
      "77",
      "busybox",
      "sh",
      "-c",
      "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null; true",
    ]);
    expect(output.split("\n")).toEqual(["67108864", "77"]);
  });

  test("what is killed for its memory is reported so", async () => {
    const name = uniqueName();
    const result = await call([
      "run",
      "--name",
      name,
      "--memory",
      "16m",
      "--memory-swap",
      "16m",
      "busybox",
      "sh",
      "-c",
      "x=a; while true; do x=$x$x; done",
    ]);
    expect(result.code).toBe(137);
    expect(await ok(["inspect", "-f", "{{.State.OOMKilled}} {{.State.ExitCode}}", name])).toBe("true 137");
    await ok(["rm", name]);
  });

  test("ulimits, shm size, sysctls", async () => {
    const output = await ok([
      "run",
      "--rm",
      "--ulimit",
      "nofile=123:456",
      "--shm-size",
      "8m",
      "--sysctl",
      "net.ipv4.ip_forward=0",
      "busybox",
      "sh",
      "-c",
      "ulimit -Sn; ulimit -Hn; df -m /dev/shm | tail -1 | awk '{print $2}'; cat /proc/sys/net/ipv4/ip_forward",
    ]);
    expect(output.split("\n")).toEqual(["123", "456", "8", "0"]);
  });

  test("--init reaps and forwards", async () => {
    expect(
      await ok(["run", "--rm", "--init", "busybox", "sh", "-c", "cat /proc/1/cmdline | tr '\\0' ' '"]),
    ).toContain("docker-init");
  });

  test("devices and device rules", async () => {
    const output = await ok([
      "run",
      "--rm",
      "--device",
      "/dev/null:/dev/nix:r",
      "busybox",
      "sh",
      "-c",
      "ls -l /dev/nix | cut -c1",
    ]);
    expect(output).toBe("c");
    const missing = await call(["run", "--rm", "--device", "/dev/nonesuch", "busybox", "true"]);
    // docker's command line takes every "no such file or directory" for a missing program.
    expect(missing.code).toBe(line === "docker" ? 127 : 125);
    expect(missing.stderr).toContain("/dev/nonesuch");
  });

  test("namespaces of the host and of another container", async () => {
    const name = uniqueName();
    await ok(["run", "-d", "--name", name, "busybox", "sleep", "1000"]);
    const shared = await ok(["run", "--rm", "--pid", `container:${name}`, "busybox", "ps", "-o", "args"]);
    expect(shared).toContain("sleep 1000");
    const links = await ok([
      "run",
      "--rm",
      "--pid=host",
      "--uts=host",
      "--ipc=host",
      "busybox",
      "sh",
      "-c",
      "for kind in pid uts ipc; do readlink /proc/self/ns/$kind; done",
    ]);
    const own = ["pid", "uts", "ipc"].map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
    expect(links.split("\n")).toEqual(own);
    await ok(["rm", "-f", name]);
  });

  test("a detached run prints the id and goes on", async () => {
    const id = await ok(["run", "-d", "busybox", "sleep", "1000"]);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await ok(["inspect", "-f", "{{.State.Status}}", id])).toBe("running");
    await ok(["rm", "-f", id]);
  });

  test("a name can be used once", async () => {
    const name = uniqueName();
    await ok(["create", "--name", name, "busybox"]);
    const again = await call(["create", "--name", name, "busybox"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`The container name "/${name}" is already in use`);
    await ok(["rm", name]);
  });

  test("binds, volumes and their modes", async () => {
    const folder = scratchDirectory("bind");
    writeFileSync(join(folder, "in"), "host\n");
    const volume = uniqueName("v");
    const output = await ok([
      "run",
      "--rm",
      "-v",
      `${folder}:/bind`,
      "-v",
      `${volume}:/vol`,
      "busybox",
      "sh",
      "-c",
      "cat /bind/in; echo made > /bind/out; echo kept > /vol/file",
    ]);
    expect(output).toBe("host");
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("made\n");
    const readOnly = await call([
      "run",
      "--rm",
      "--mount",
      `type=volume,src=${volume},dst=/vol,readonly`,
      "busybox",
      "sh",
      "-c",
      "cat /vol/file; touch /vol/x",
    ]);
    expect(readOnly.stdout).toBe("kept\n");
    expect(readOnly.code).toBe(1);
    const missing = await call([
      "run",
      "--rm",
      "--mount",
      "type=bind,src=/none/such,dst=/x",
      "busybox",
      "true",
    ]);
    expect(missing.code).toBe(125);
    expect(missing.stderr).toContain("bind source path does not exist: /none/such");
    expect(existsSync("/none/such")).toBe(false);
  });

  test("a volume that is new is filled from the image", async () => {
    const volume = uniqueName("v");
    expect(await ok(["run", "--rm", "-v", `${volume}:/etc`, "busybox", "cat", "/etc/passwd"])).toContain(
      "root:",
    );
    expect(await ok(["run", "--rm", "-v", `${volume}:/copy`, "busybox", "cat", "/copy/passwd"])).toContain(
      "root:",
    );
  });

  test("bad input says what is wrong", async () => {
    const cases: [string[], string][] = [
      [["--memory", "lots", "busybox"], "lots"],
      [["--cpus", "1000", "busybox"], "range of CPUs"],
      [["-p", "99999:80", "busybox"], "99999"],
      [["-v", "relative/path:/x", "busybox"], "relative/path"],
      [["--restart", "sometimes", "busybox"], "sometimes"],
      [["--name", "bad name", "busybox"], "bad name"],
      [["--user", "nobody-here", "busybox", "true"], "nobody-here"],
      [["--network", "nonesuch", "busybox", "true"], "nonesuch"],
      [["--runtime", "nonesuch", "busybox", "true"], "nonesuch"],
      [["BUSYBOX"], "must be lowercase"],
    ];
    for (const [args, words] of cases) {
      const flags = args[0] === "--restart" ? [] : ["--rm"];
      const result = await call(["run", ...flags, ...args]);
      expect(result.code).toBe(125);
      expect(result.stderr.toLowerCase()).toContain(words.toLowerCase());
    }
    expect(await ok(["ps", "-aq", "--filter", "status=created"])).toBe("");
  });
});
