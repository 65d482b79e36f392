import { describe, expect, test } from "bun:test";
import { convertOne, execOf, failure, type Trial, vertices } from "./testing.ts";

const exec = async (instruction: string, trial: Trial = {}) =>
  execOf((await convertOne(`FROM debian\n${instruction}`, trial)).tree);

describe("RUN", () => {
  test("has all that its process needs", async () => {
    const text = 'WORKDIR /w\nUSER app\nSHELL ["/bin/bash", "-c"]\nRUN make "$x"';
    expect(await exec(text, { options: { limits: { memory: 1 }, network: "none" } })).toEqual({
      kind: "exec",
      args: ["/bin/bash", "-c", 'make "$x"'],
      env: ["PATH=/bin"],
      uncachedEnv: [],
      cwd: "/w",
      user: "app",
      network: "none",
      security: "sandbox",
      mounts: [],
      platform: { os: "linux", architecture: "amd64" },
      limits: { memory: 1 },
    });
    expect((await exec('RUN ["a", "$b"]')).args).toEqual(["a", "$b"]);
  });

  test("sees proxies that no result depends on, but those that are declared count", async () => {
    const options = { buildArgs: { http_proxy: "http://p" }, proxies: ["NO_PROXY=x"] };
    const { env, uncachedEnv } = await exec("RUN x", { options });
    expect([env, uncachedEnv]).toEqual([
      ["PATH=/bin"],
      ["NO_PROXY=x", "HTTP_PROXY=http://p", "http_proxy=http://p"],
    ]);
    const declared = await exec("ARG http_proxy\nRUN x", { options });
    expect([declared.env, declared.uncachedEnv]).toEqual([
      ["PATH=/bin", "http_proxy=http://p"],
      ["NO_PROXY=x", "HTTP_PROXY=http://p"],
    ]);
  });

  test("takes BuildKit's build arguments for its sandbox", async () => {
    const buildArgs = { BUILDKIT_SANDBOX_HOSTNAME: "box", BUILDKIT_CACHE_MOUNT_NS: "ns" };
    const { limits, mounts } = await exec("RUN --mount=type=cache,target=/c x", { options: { buildArgs } });
    expect([limits, mounts[0]]).toMatchObject([{ hostname: "box" }, { id: "ns//c" }]);
  });

  test("goes beyond the sandbox only when the request allows it", async () => {
    const entitlements = new Set(["network.host", "security.insecure"] as const);
    const free = await exec("RUN --network=host --security=insecure x", { options: { entitlements } });
    expect([free.network, free.security]).toEqual(["host", "insecure"]);
    const refused = await failure("FROM debian\nRUN --network=host x");
    expect([refused.kind, refused.range.start.line]).toEqual(["forbidden", 2]);
    expect(refused.message).toContain("network.host is not allowed");
  });
});

describe("RUN with heredocs", () => {
  test("a single one is the shell's text, whatever its quotes", async () => {
    expect((await exec("RUN <<EOF\na $x\nEOF")).args).toEqual(["/bin/sh", "-c", "a $x\n"]);
    expect((await exec("RUN <<-'EOF'\n\ta\n\t\tb\n\tEOF")).args).toEqual(["/bin/sh", "-c", "a\nb\n"]);
  });

  test("a single one with a shebang is a file that is run", async () => {
    const { tree, history } = await convertOne(
      "FROM debian\nRUN <<script\n#!/usr/bin/env python3\nx\nscript",
    );
    expect(execOf(tree)).toMatchObject({
      args: ["/bin/sh", "-c", "/dev/pipes/script"],
      mounts: [{ type: "bind", target: "/dev/pipes", input: 1, source: "/", writable: false }],
    });
    expect(tree?.inputs[1]?.op).toMatchObject({
      actions: [{ action: "write", path: "/script", content: "#!/usr/bin/env python3\nx\n", mode: 0o755 }],
    });
    expect(tree?.name).toBe("[2/2] RUN <<script (#!/usr/bin/env python3...)");
    expect(history.at(-1)?.created_by).toBe("RUN /bin/sh -c /dev/pipes/script # buildkit");
  });

  test("with a command all goes to the shell", async () => {
    const { args } = await exec("RUN cat <<A - 3<<-B\na\nA\n\tb\nB");
    expect(args).toEqual(["/bin/sh", "-c", "cat <<A - 3<<-B\na\nA\n\tb\nB"]);
  });
});

describe("RUN --mount", () => {
  const mounts = async (options: string) => (await exec(`WORKDIR /w\n${options} x`)).mounts;

  test("bind shows the context, a stage, or an image", async () => {
    const { tree } = await convertOne(
      `FROM busybox AS b
       FROM debian
       WORKDIR /w
       ARG dir=/d
       RUN --mount=target=. --mount=source=$dir/s,target=/t,rw --mount=from=b,target=rel --mount=from=busybox,target=/i x`,
    );
    expect(execOf(tree).mounts).toEqual([
      { type: "bind", target: "/w", input: 1, source: "/", writable: false },
      { type: "bind", target: "/t", input: 1, source: "/d/s", writable: true },
      { type: "bind", target: "/w/rel", input: 2, source: "/", writable: false },
      { type: "bind", target: "/i", input: 2, source: "/", writable: false },
    ]);
    expect(tree?.inputs).toHaveLength(3);
  });

  test("cache has defaults", async () => {
    const common = { type: "cache", input: -1, source: "/", readonly: false, mode: 0o755, uid: 0, gid: 0 };
    expect(await mounts("RUN --mount=type=cache,target=/root/.cache/")).toEqual([
      { ...common, target: "/root/.cache", id: "/root/.cache", sharing: "shared" } as never,
    ]);
    expect(
      await mounts("RUN --mount=type=cache,target=c,id=k,sharing=locked,mode=700,uid=5,gid=6,ro"),
    ).toEqual([
      {
        ...common,
        target: "/w/c",
        id: "k",
        sharing: "locked",
        readonly: true,
        mode: 0o700,
        uid: 5,
        gid: 6,
      } as never,
    ]);
  });

  test("tmpfs, secret and ssh", async () => {
    const owner = { mode: 0o400, uid: 0, gid: 0 };
    expect(await mounts("RUN --mount=type=tmpfs,target=/t,size=1k")).toEqual([
      { type: "tmpfs", target: "/t", size: 1024 },
    ]);
    expect(await mounts("RUN --mount=type=secret,id=a.b/c")).toEqual([
      { type: "secret", id: "a.b/c", target: "/run/secrets/c", required: false, ...owner },
    ]);
    expect(await mounts("RUN --mount=type=secret,target=/t/x,required,mode=0444,uid=1")).toEqual([
      { type: "secret", id: "x", target: "/t/x", required: true, mode: 0o444, uid: 1, gid: 0 },
    ]);
    expect(await mounts("RUN --mount=type=secret,id=a,env=A")).toEqual([
      { type: "secret", id: "a", env: "A", required: false, ...owner },
    ]);
    const { mounts: agents, env } = await exec(
      "RUN --mount=type=ssh --mount=type=ssh,id=b,target=/s,required x",
    );
    expect(agents).toEqual([
      {
        type: "ssh",
        id: "default",
        target: "/run/buildkit/ssh_agent.0",
        required: false,
        ...owner,
        mode: 0o600,
      },
      { type: "ssh", id: "b", target: "/s", required: true, ...owner, mode: 0o600 },
    ]);
    expect(env).toContain("SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0");
  });

  test("a secret's variable is masked where steps are named", async () => {
    const { tree } = await convertOne(
      "FROM debian\nENV A=b\nRUN --mount=type=secret,id=s,env=T echo $T \"$A\" '$A' $other",
    );
    expect(vertices(tree).at(-1)?.name).toEndWith("env=T echo **** \"b\" '$A' $other");
  });

  test("what is wrong is told with its line", async () => {
    for (const [mount, message] of [
      ["type=cache,target=/", 'invalid mount target "/"'],
      ["type=$x,target=/a", 'unsupported mount type ""'],
      ["target=/a,tarhet=/b", "unexpected key 'tarhet' in 'tarhet=/b' (did you mean target?)"],
    ]) {
      const error = await failure(`FROM debian\nENV a=b\nRUN --mount=${mount} x`);
      expect([error.message, error.range.start.line]).toEqual([message!, 3]);
    }
  });
});
