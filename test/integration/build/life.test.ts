/* Builds amid others, cut short by whoever asked, and by a killed engine. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { classic, contextWith } from "../../support/build.ts";
import { command, dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";
import { tar } from "../../support/tar.ts";

const fixture = withEngine();
const call = (args: string[], options = {}) => fixture.engine.slipway(args, options);
const ok = async (args: string[], options = {}) => must(await call(args, options)).stdout.trim();
const output = (image: string, ...args: string[]) => ok(["run", "--rm", "--network", "none", image, ...args]);

/** Processes whose command line has a text: those of build steps are the host's, too. */
function processesWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return line[0] === "sleep" && line.includes(text);
      } catch {
        return false;
      }
    });
}

/** What builds have in the engine's directories while they run. */
function leftovers(): string[] {
  const { dataRoot, execRoot } = fixture.engine;
  const builds = `${execRoot}/builds`;
  return [
    ...readdirSync(dataRoot).filter((name) => name.startsWith("build-context-")),
    ...(existsSync(builds) ? readdirSync(builds) : []),
  ];
}

const nothingLeft = () => until("nothing is left of the builds", () => leftovers().length === 0);

test("a client that goes away ends the step's processes, and the cache stays whole", async () => {
  for (const [name, argv, env] of [
    ["slipway", [slipwayPath, "-H", fixture.engine.host, "build"], {}],
    ["docker", [dockerPath, "-H", fixture.engine.host, "build"], classic],
  ] as const) {
    const seconds = String(100_000 + Math.floor(Math.random() * 100_000));
    using context = contextWith({
      Dockerfile: `FROM busybox\nRUN echo ${name}${seconds} > /first\nRUN sleep ${seconds}\n`,
    });
    const client = Bun.spawn([...argv, context.path], {
      stdio: ["ignore", "ignore", "ignore"],
      env: { ...process.env, ...env },
    });
    await until("the step runs", () => processesWith(seconds).length > 0);
    client.kill("SIGINT");
    expect(await client.exited).not.toBe(0);
    await until("the step has ended", () => processesWith(seconds).length === 0);
    await nothingLeft();
    await Bun.write(context.join("Dockerfile"), `FROM busybox\nRUN echo ${name}${seconds} > /first\n`);
    expect((await call(["build", context.path])).stderr).toContain("CACHED");
  }
});

test("an engine that is killed amid a build leaves nothing running, and the next build goes on from what was done", async () => {
  const seconds = String(300_000 + Math.floor(Math.random() * 100_000));
  using context = contextWith({
    Dockerfile: `FROM busybox\nCOPY a /a\nRUN cat /proc/sys/kernel/random/uuid > /id\nRUN sleep ${seconds}\n`,
    a: "1",
  });
  const client = Bun.spawn([slipwayPath, "-H", fixture.engine.host, "build", context.path], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await until("the step runs", () => processesWith(seconds).length > 0);
  // The step before it is durable soon after it was done, and not only at the end of the build.
  await until("the finished steps are recorded", async () =>
    (await ok(["builder", "du", "--verbose"])).includes("/id"),
  );
  await fixture.engine.kill();
  expect(await client.exited).not.toBe(0);
  await fixture.engine.start();
  await until("the step has ended", () => processesWith(seconds).length === 0);
  await nothingLeft();
  await Bun.write(
    context.join("Dockerfile"),
    "FROM busybox\nCOPY a /a\nRUN cat /proc/sys/kernel/random/uuid > /id\nRUN true\n",
  );
  const again = must(await call(["build", "-t", "survivor", context.path]));
  expect(again.stderr).toMatch(/uuid > \/id\n#\d+ CACHED/);
  expect(await output("survivor", "cat", "/a")).toBe("1");
});

test("two builds at once share the steps that they have in common", async () => {
  const id = uniqueName("shared");
  const files = (last: string) => ({
    Dockerfile: `FROM busybox\nRUN --mount=type=cache,id=${id},target=/c echo ${id} >> /c/runs; sleep 1; cp /c/runs /runs\nRUN echo ${last}\n`,
  });
  using one = contextWith(files("one"));
  using other = contextWith(files("other"));
  const names = [uniqueName("one"), uniqueName("other")] as const;
  await Promise.all([ok(["build", "-t", names[0], one.path]), ok(["build", "-t", names[1], other.path])]);
  for (const name of names) expect(await output(name, "cat", "/runs")).toBe(id);
});

test("stages that do not need each other run side by side", async () => {
  const id = uniqueName("meeting");
  const names = ["a", "b", "c", "d"];
  // Each waits for all others.
  const wait = `until [ "$(ls /met | wc -l)" = ${names.length} ]; do sleep 0.05; done`;
  const stage = (name: string) =>
    `FROM busybox AS ${name}\nRUN --mount=type=cache,id=${id},target=/met touch /met/${name}; ${wait}; touch /${name}\n`;
  const copies = names.map((name) => `COPY --from=${name} /${name} /\n`);
  using context = contextWith({ Dockerfile: `${names.map(stage).join("")}FROM scratch\n${copies.join("")}` });
  await ok(["build", context.path]);
});

test("secrets are there for the step that mounts them, and nowhere else", async () => {
  const secret = `secret-${Math.random()}`;
  using context = contextWith({
    Dockerfile: [
      "FROM busybox",
      "RUN --mount=type=secret,id=token cat /run/secrets/token | wc -c > /size",
      'RUN --mount=type=secret,id=token,env=TOKEN test -n "$TOKEN" && echo yes > /variable',
      "RUN test ! -e /run/secrets/token",
    ].join("\n"),
  });
  using files = new Folder();
  await Bun.write(files.join("token"), secret);
  const name = uniqueName("secret");
  await ok(["build", "-t", name, "--secret", `id=token,src=${files.join("token")}`, context.path]);
  expect(await output(name, "cat", "/size", "/variable")).toBe(`${secret.length}\nyes`);
  const traces = await command(["grep", "-rlF", secret, fixture.engine.root]);
  expect(traces.stdout).toBe("");
  const missing = await call(["build", "--no-cache", context.path]);
  expect(missing.code).toBe(1);
});

test("contexts: a Dockerfile or an archive on standard input, named ones, other Dockerfiles, a URL", async () => {
  const name = uniqueName("contexts");
  const dockerfile = "FROM busybox\nCOPY it /it\n";
  await ok(["build", "-t", name, "-"], { stdin: "FROM busybox\nRUN echo stdin > /it\n" });
  expect(await output(name, "cat", "/it")).toBe("stdin");

  const archive = new Uint8Array(
    tar([
      { name: "Dockerfile", data: dockerfile },
      { name: "it", data: "archive" },
    ]),
  );
  const compressed = (program: string) =>
    new Uint8Array(Bun.spawnSync([program, "-c"], { stdin: archive }).stdout);
  for (const program of ["gzip", "bzip2", "xz"])
    await ok(["build", "-t", name, "-"], { stdin: compressed(program) });
  expect(await output(name, "cat", "/it")).toBe("archive");

  using context = contextWith({
    "deep/Other.Dockerfile": "FROM base\nCOPY --from=more it /it\n",
    "deep/Other.Dockerfile.dockerignore": "it\n",
    it: "main",
  });
  using more = contextWith({ it: "named" });
  await ok([
    ...[
      "build",
      "-t",
      name,
      "-f",
      context.join("deep", "Other.Dockerfile"),
      "--build-context",
      `more=${more.path}`,
    ],
    ...["--build-context", "base=docker-image://busybox", context.path],
  ]);
  expect(await output(name, "cat", "/it")).toBe("named");

  const server = createServer((_, response) => void response.end(compressed("xz"))).listen(0, "127.0.0.1");
  try {
    const { port } = server.address() as AddressInfo;
    await ok(["build", "-t", name, `http://127.0.0.1:${port}/context.tar`]);
    expect(await output(name, "cat", "/it")).toBe("archive");
  } finally {
    server.close();
  }
  await nothingLeft();
});

test("an image in an OCI layout is a base like others", async () => {
  using context = contextWith({ Dockerfile: "FROM busybox\nRUN echo layout > /it\n" });
  using out = new Folder();
  await ok(["build", "-q", "-o", `type=oci,dest=${out.join("layout.tar")}`, context.path]);
  must(await command(["tar", "-xf", out.join("layout.tar"), "-C", out.path]));
  await Bun.write(context.join("Dockerfile"), "FROM base\nRUN cat /it > /copy\n");
  const name = uniqueName("layout");
  await ok(["build", "-t", name, "--build-context", `base=oci-layout://${out.path}`, context.path]);
  expect(await output(name, "cat", "/copy")).toBe("layout");
});
