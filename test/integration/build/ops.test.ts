/* What steps do to the host: their processes, mounts, secrets and networks. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contextWith } from "../../support/build.ts";
import { command, slipwayPath, TestEngine, until } from "../../support/engine.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

async function build(files: Record<string, string>, args: string[] = [], engine = fixture.engine) {
  using folder = contextWith(files);
  return await engine.slipway(["build", "--progress", "plain", ...args, folder.path]);
}

const ok = async (args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();

/** Command lines of processes that have a word in them. */
const processes = async (word: string): Promise<string[]> =>
  (await command(["ps", "-eo", "args"])).stdout.split("\n").filter((line) => line.includes(word));

const mountsBelow = (path: string): string[] =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(` ${path}/`));

test("an engine that was killed amid a step: the next one ends what is left of it, and builds", async () => {
  const engine = await TestEngine.start();
  try {
    must(await engine.slipway(["image", "bootstrap", "busybox"]));
    using folder = contextWith({
      Dockerfile: "FROM busybox\nRUN echo first >/first\nRUN --mount=type=cache,target=/c sleep 4711\n",
    });
    const building = engine.slipway(["build", folder.path]);
    const sleeps = async () => (await processes("sleep 4711")).some((line) => line.startsWith("sleep"));
    await until("the step sleeps", sleeps);
    const builds = join(engine.execRoot, "builds");
    expect(readdirSync(builds)).toHaveLength(1);
    await engine.kill();
    await building;
    await engine.start();
    await until(
      "nothing of the step is left",
      async () => !(await sleeps()) && readdirSync(builds).length === 0,
    );
    expect(mountsBelow(builds)).toEqual([]);
    must(
      await build(
        { Dockerfile: "FROM busybox\nRUN --mount=type=cache,target=/c echo again >/again\n" },
        [],
        engine,
      ),
    );
  } finally {
    await engine.dispose();
  }
});

test("a client that goes away takes the step's processes with it, and leaves the cache whole", async () => {
  const { engine } = fixture;
  using folder = contextWith({ Dockerfile: "FROM busybox\nRUN echo kept\nRUN sleep 4712 & sleep 4712\n" });
  const client = Bun.spawn([slipwayPath, "-H", engine.host, "build", folder.path], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  const sleeps = async () =>
    (await processes("sleep 4712")).filter((line) => line.startsWith("sleep")).length;
  await until("the step sleeps", async () => (await sleeps()) === 2);
  client.kill("SIGKILL");
  await until("the step is over", async () => (await sleeps()) === 0);
  await until("nothing is left", () => readdirSync(join(engine.execRoot, "builds")).length === 0);
  const again = await build({ Dockerfile: "FROM busybox\nRUN echo kept\n" });
  expect(again.stderr + again.stdout).toContain("CACHED");
});

test("secrets are nowhere in what the engine keeps", async () => {
  const { engine } = fixture;
  const word = `s3cret-${crypto.randomUUID()}`;
  using folder = contextWith({
    Dockerfile: [
      "FROM busybox",
      "RUN --mount=type=secret,id=key [ $(cat /run/secrets/key | wc -c) = 43 ]",
      "RUN --mount=type=secret,id=key,env=KEY [ $(echo -n $KEY | wc -c) = 43 ]",
    ].join("\n"),
  });
  const args = ["build", "-t", uniqueName("secret"), "--secret", "id=key,env=BUILD_KEY", folder.path];
  must(await engine.slipway(args, { env: { BUILD_KEY: word } }));
  for (const root of [engine.dataRoot, engine.execRoot]) {
    const found = await command(["grep", "-rl", word, root]);
    expect(found.stdout).toBe("");
  }
  expect(engine.log).not.toContain(word);
});

test("a step has the network that it is given", async () => {
  const networks = (flags: string, script: string) =>
    build({ Dockerfile: `FROM busybox\nRUN ${flags} ${script}\n` }, ["--no-cache"]);
  must(await networks("", "grep -q eth0 /proc/net/dev && grep -q buildkitsandbox /etc/hosts"));
  must(await networks("--network=none", "! grep -q eth0 /proc/net/dev"));
  const refused = await networks("--network=host", "true");
  expect(refused.code).not.toBe(0);
  const { engine } = fixture;
  const links = (await command(["ip", "-o", "link", "show", "master", engine.bridge])).stdout;
  expect(links.split("\n").filter(Boolean).length).toBeLessThan(10);
});

test("what is missing is said, with the rule that hides it", async () => {
  const missing = await build({ Dockerfile: "FROM busybox\nCOPY gone /x\n" });
  expect(missing.stderr).toContain('"/gone": not found');
  const ignored = await build({
    Dockerfile: "FROM busybox\nCOPY a.log /x\n",
    "a.log": "",
    ".dockerignore": "*.log\n",
  });
  expect(ignored.stderr).toContain('the rule "*.log" of .dockerignore excludes it');
  const escaping = await build({ Dockerfile: "FROM busybox\nCOPY ../../etc/passwd /x\n" });
  expect(escaping.stderr).toContain('"/etc/passwd": not found');
});

test("names that are no UTF-8 stay what they are, in contexts, in archives, and in images that come back", async () => {
  using context = contextWith({ Dockerfile: "FROM busybox\nCOPY made /c/\nADD made.tar /t/\n" });
  const script = `mkdir -p made/$(printf 'd\\376'); echo 1 > made/$(printf '\\377f'); echo 2 > made/$(printf 'd\\376')/g; tar -cf made.tar made`;
  must(await command(["sh", "-ec", `cd ${context.path}; ${script}`]));
  const [name, archive] = [uniqueName("names"), context.join("image.tar")];
  const find = "find /c /t -type f | sort | cat -v";
  const listed = async () => await ok(["run", "--rm", "--network", "none", name, "sh", "-c", find]);
  await ok(["build", "-q", "-t", name, context.path]);
  const before = await listed();
  expect(before.split("\n")).toEqual(["/c/dM-~/g", "/c/M-^?f", "/t/made/dM-~/g", "/t/made/M-^?f"]);
  await ok(["save", "-o", archive, name]);
  await ok(["rmi", name]);
  await ok(["builder", "prune", "-af"]);
  await ok(["load", "-q", "-i", archive]);
  expect(await listed()).toBe(before);
  expect(await ok(["system", "check"])).toContain("nothing is wrong");
});

test("the same files make the same layer, whenever and wherever they are", async () => {
  const layers = async (name: string) => {
    const { stdout } = must(await fixture.engine.slipway(["image", "inspect", name]));
    return JSON.parse(stdout)[0].RootFS.Layers as string[];
  };
  const dockerfile =
    "FROM busybox\nWORKDIR /a/b\nCOPY <<EOF /a/b/c/file\nx\nEOF\nCOPY --link --chown=3 <<EOF /etc/y\nz\nEOF\n";
  const names = [uniqueName("same"), uniqueName("same")];
  for (const name of names) must(await build({ Dockerfile: dockerfile }, ["--no-cache", "-t", name]));
  const [one, other] = await Promise.all(names.map(layers));
  expect(one).toEqual(other as string[]);
});
