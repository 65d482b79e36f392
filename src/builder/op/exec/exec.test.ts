import { expect, setDefaultTimeout, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { readMountInfo } from "../../../os/mountinfo.ts";
import type { ExecMount } from "../../graph/index.ts";
import type { Result } from "../../solver/model.ts";
import { OpBench, shell } from "../testing.ts";
import { execOperation } from "./index.ts";
import { CacheMounts } from "./mounts/index.ts";

setDefaultTimeout(60_000);

interface Bench {
  bench: OpBench;
  base: Result;
  run(script: string, changes?: Parameters<typeof shell>[1], inputs?: Result[]): Promise<Result>;
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  await using bench = await OpBench.open();
  const caches = new CacheMounts(bench.path("data/build/mounts"));
  const checksums = { of: () => Promise.reject(new Error("no key is asked for")) };
  const exec = execOperation(bench.rooms, caches, checksums);
  const base = await bench.busybox();
  await work({
    bench,
    base,
    run: (script, changes, inputs = []) => bench.run(exec, shell(script, changes), [base, ...inputs]),
  });
}

const secret: ExecMount = {
  type: "secret",
  id: "key",
  target: "/run/secrets/key",
  env: "KEY",
  required: true,
  mode: 0o400,
  uid: 0,
  gid: 0,
};

/** What a step that is over must have left: nothing but layers. */
async function expectNothingLeft({ rooms, directory }: OpBench): Promise<void> {
  await rooms.engine.background.drained();
  expect(readdirSync(`${directory}/run/builds`)).toEqual([]);
  expect([...rooms.images.snapshots.walk()].map(({ kind }) => kind)).not.toContain("active");
  expect(readMountInfo().filter(({ target }) => target.startsWith(`${directory}/`))).toEqual([]);
}

test("a process's changes are a layer, and its sandbox leaves no trace in it", async () => {
  await withBench(async ({ bench, run }) => {
    const made = await run(
      "mkdir /data && echo $GREETING >/data/file && rm /tmp -r && cat /etc/hosts /etc/resolv.conf && hostname && (env | grep HOSTNAME= || echo unset)",
      {
        env: ["GREETING=hello"],
        network: "default",
      },
    );
    expect(bench.output).toEndWith("buildkitsandbox\nunset\n");
    const named = await run("echo own >/etc/hostname; env | grep HOSTNAME=", { env: ["HOSTNAME=set"] });
    expect(bench.output).toEndWith("HOSTNAME=set\n");
    expect(readFileSync(`${bench.upper(named)}/etc/hostname`, "utf8")).toBe("own\n");
    expect(readdirSync(bench.upper(made)).sort()).toEqual(["data", "tmp"]);
    expect(readFileSync(`${bench.upper(made)}/data/file`, "utf8")).toBe("hello\n");
    const nothing = await run("true", { network: "default", mounts: [secret], env: [] }).catch(
      () => undefined,
    );
    expect(nothing).toBeUndefined();
    bench.session.secret = async () => Buffer.from("x");
    const untouched = await run("ls /run/secrets", { network: "default", mounts: [secret] });
    expect(readdirSync(bench.upper(untouched))).toEqual([]);
    // An empty layer has one digest wherever it is.
    expect(untouched.kind === "layers" && untouched.layers[1]?.diffID).toBe(
      "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    );
    await expectNothingLeft(bench);
  });
});

test("a directory in which stubs lay stays in the layer when the step changed it", async () => {
  await withBench(async ({ bench, run }) => {
    const made = await run("echo x >/etc/new; chmod 700 /bin; ! umount /etc/hosts 2>/dev/null");
    expect(readdirSync(`${bench.upper(made)}/etc`)).toEqual(["new"]);
    expect(readdirSync(bench.upper(made)).sort()).toEqual(["bin", "etc"]);
  });
});

test("a failing process tells its exit code, and what it wrote comes as it is", async () => {
  await withBench(async ({ bench, run }) => {
    await expect(run("echo out; echo err >&2; exit 7")).rejects.toMatchObject({
      message:
        'process "/bin/sh -c echo out; echo err >&2; exit 7" did not complete successfully: exit code: 7',
      details: { exitCode: 7 },
    });
    expect(bench.output).toContain("out\n");
    expect(bench.output).toContain("err\n");
    await expect(run("", { args: ["nowhere"] })).rejects.toMatchObject({ details: { exitCode: 127 } });
    await run("cat >/read", { stdin: "a script\n" });
    await run("head -c 3000000 /dev/zero | tr '\\0' x", {
      args: ["/bin/busybox", "sh", "-c", "head -c 3000000 /dev/zero"],
    });
    expect(bench.output.length).toBeGreaterThan(3_000_000);
    await expectNothingLeft(bench);
  });
});

test("an abort ends every process", async () => {
  await withBench(async ({ bench, base }) => {
    const abort = new AbortController();
    const exec = execOperation(bench.rooms, new CacheMounts(bench.path("c")), {
      of: () => Promise.reject(new Error()),
    });
    const job = bench.job(abort.signal);
    const started = Promise.withResolvers<void>();
    const running = exec.run(shell("sleep 1111 & echo started; sleep 1112"), [base], {
      ...job,
      log: () => started.resolve(),
    });
    await started.promise;
    abort.abort();
    await expect(running).rejects.toMatchObject({ kind: "cancelled" });
    await expectNothingLeft(bench);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toMatch(/sleep 111[12]/);
  });
});

test("a process that needs more memory than it may have is said to", async () => {
  await withBench(async ({ run }) => {
    const hungry = run("x=a; while true; do x=$x$x; done", {
      limits: { memory: 16 << 20, memorySwap: 16 << 20 },
    });
    await expect(hungry).rejects.toThrow(/exit code: \d+: cannot allocate memory/);
  });
});

test("binds show other trees, and what is written to them is dropped", async () => {
  await withBench(async ({ bench, run, base }) => {
    const context = bench.path("context");
    mkdirSync(`${context}/a/secret`, { recursive: true });
    writeFileSync(`${context}/a/shown`, "1");
    writeFileSync(`${context}/a/secret/hidden`, "1");
    const directory: Result = { kind: "directory", path: context, ignore: ["a/secret"] };
    const bind = (changes: object): ExecMount => ({
      type: "bind",
      target: "/m",
      input: 1,
      source: "/",
      writable: false,
      ...changes,
    });
    execFileSync("chown", ["-R", "1000:1001", context]);
    await run("stat -c %u:%g /m /m/a /m/a/shown", { mounts: [bind({})] }, [directory]);
    expect(bench.output).toBe("0:0\n".repeat(3));
    const made = await run("find /m | tee /list; ! touch /m/x", { mounts: [bind({})] }, [directory]);
    expect(
      readFileSync(`${bench.upper(made)}/list`, "utf8")
        .trim()
        .split("\n")
        .sort(),
    ).toEqual(["/m", "/m/a", "/m/a/shown"]);
    expect(readdirSync(bench.upper(made))).toEqual(["list"]);
    await run("echo 2 >/m/shown && echo 3 >/m/new", { mounts: [bind({ writable: true, source: "/a" })] }, [
      directory,
    ]);
    expect(readFileSync(`${context}/a/shown`, "utf8")).toBe("1");
    expect(existsSync(`${context}/a/new`)).toBe(false);
    await run("cat /p && ! touch /p", { mounts: [bind({ target: "/p", source: "/etc/passwd" })] }, [base]);
    await run("touch /m/new && rm /m/bin/cat", { mounts: [bind({ writable: true })] }, [base]);
    await expect(run("true", { mounts: [bind({ source: "/gone" })] }, [base])).rejects.toMatchObject({
      kind: "notFound",
    });
    await expectNothingLeft(bench);
  });
});

test("caches outlive steps, begin with what they are given, and are had by one at a time where that is asked for", async () => {
  await withBench(async ({ bench, run, base }) => {
    const cache = (changes: object): ExecMount => ({
      type: "cache",
      target: "/cache",
      id: "c",
      sharing: "shared",
      readonly: false,
      input: -1,
      source: "/",
      mode: 0o750,
      uid: 33,
      gid: 34,
      ...changes,
    });
    const made = await run("stat -c '%a %u %g' /cache; echo 1 >/cache/kept", { mounts: [cache({})] });
    expect(readdirSync(bench.upper(made))).toEqual([]);
    expect(bench.output).toBe("750 33 34\n");
    await run("cat /cache/kept; ! touch /cache/x 2>/dev/null", { mounts: [cache({ readonly: true })] });
    expect(bench.output).toContain("1\n");
    await run("cat /cache/passwd", { mounts: [cache({ id: "seeded", input: 1, source: "/etc" })] }, [base]);
    const locked = { mounts: [cache({ id: "l", sharing: "locked" })] };
    const alone = "mkdir /cache/alone && sleep 0.2 && rm -r /cache/alone";
    await Promise.all([run(alone, locked), run(alone, locked), run(alone, locked)]);
    const apart = { mounts: [cache({ id: "p", sharing: "private" })] };
    await Promise.all([run(alone, apart), run(alone, apart)]);
    await expectNothingLeft(bench);
  });
});

test("secrets and agents are there while the step runs, and nowhere afterwards", async () => {
  await withBench(async ({ bench, run }) => {
    const word = `s3cret-${crypto.randomUUID()}`;
    bench.session.secret = async (id) => (id === "key" ? Buffer.from(word) : undefined);
    await run("stat -c '%a %u' /run/secrets/key && [ \"$(cat /run/secrets/key)\" = $KEY ]", {
      mounts: [{ ...secret, uid: 33 }],
    });
    expect(bench.output).toBe("400 33\n");
    const gone: ExecMount = { ...secret, id: "other" };
    await expect(run("true", { mounts: [gone] })).rejects.toThrow("secret other: not found");
    await run("[ ! -e /run ]", { mounts: [{ ...gone, required: false }] });
    await expectNothingLeft(bench);
    const found = Bun.spawnSync(["grep", "-rl", word, bench.directory]);
    expect(found.stdout.toString()).toBe("");

    const agent = createServer((socket) => socket.end("an agent"));
    agent.listen(bench.path("agent"));
    bench.session.sshAgent = async () => bench.path("agent");
    const ssh: ExecMount = {
      type: "ssh",
      id: "default",
      target: "/run/agent.0",
      required: true,
      mode: 0o600,
      uid: 0,
      gid: 0,
    };
    const [answer] = await Promise.all([
      said(bench),
      run("stat -c %a $SSH_AUTH_SOCK && while [ -e /etc/group ]; do sleep 0.01; done", { mounts: [ssh] }),
    ]);
    expect(answer).toBe("an agent");
    expect(bench.output).toContain("600\n");
    agent.close();
    await expectNothingLeft(bench);
  });
});

/** What the agent of the step that runs says; then the step is let go. */
async function said(bench: OpBench): Promise<string> {
  const [socket, group] = ["ssh/0", "rootfs/etc/group"].map(
    (file) => `${bench.path("run/builds")}/*/${file}`,
  );
  const find = (pattern = "") => [...new Bun.Glob(pattern).scanSync({ onlyFiles: false })][0] ?? "";
  for (;;) {
    await Bun.sleep(5);
    if (!bench.output.includes("600")) continue;
    const text = await new Promise<string>((resolve, reject) => {
      const client = connect(find(socket)).on("error", reject);
      client.on("data", (data) => resolve(data.toString()));
    });
    rmSync(find(group));
    return text;
  }
}

test.skipIf(existsSync("/proc/sys/fs/binfmt_misc/status"))(
  "programs of a processor that nothing stands for are refused",
  async () => {
    await withBench(async ({ bench, run }) => {
      const foreign = run("true", { platform: { os: "linux", architecture: "s390x" } });
      await expect(foreign).rejects.toMatchObject({ kind: "unavailable" });
      await expect(run("true", { platform: { os: "linux", architecture: "s390x" } })).rejects.toThrow(
        "linux/s390x",
      );
      await expectNothingLeft(bench);
    });
  },
);
