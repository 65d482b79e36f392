import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { slipwayPath } from "../../support/engine.ts";
import { TestRegistry } from "../../support/registry.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";
import { Terminal } from "../../support/terminal.ts";

const fixture = withEngine();
let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
}, 60_000);
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

const digestIn = (text: string) => /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? "";

throughBoth("push and pull", fixture, ({ call, ok }) => {
  /** Pushes busybox under new names of one repository; answers it without a tag. */
  async function pushed(...tags: string[]): Promise<string> {
    const repository = `${registry.host}/team/${uniqueName("app")}`;
    for (const tag of tags) {
      await ok(["tag", "busybox", `${repository}:${tag}`]);
      await ok(["push", "-q", `${repository}:${tag}`]);
    }
    return repository;
  }

  test("the way there and back: what is said, and the image is the same", async () => {
    const repository = await pushed();
    const image = `${repository}:v1`;
    await ok(["tag", "busybox", image]);
    const id = await ok(["image", "inspect", "-f", "{{.Id}}", image]);
    const push = await ok(["push", image]);
    expect(push).toStartWith(`The push refers to repository [${repository}]\n`);
    expect(push).toMatch(/\n[0-9a-f]{12}: (Pushed|Mounted from \S+)\n/);
    expect(push).toMatch(/v1: digest: sha256:[0-9a-f]{64} size: \d+$/);
    expect(await ok(["push", image])).toContain("Layer already exists");
    await ok(["rmi", image]);
    const pull = (await ok(["pull", image])).split("\n");
    expect(pull[0]).toBe(`v1: Pulling from ${repository.split("/").slice(1).join("/")}`);
    expect(pull.slice(-3)).toEqual([
      `Digest: ${digestIn(push)}`,
      `Status: Downloaded newer image for ${image}`,
      image,
    ]);
    expect(await ok(["pull", image])).toContain(`Status: Image is up to date for ${image}`);
    expect(await ok(["image", "inspect", "-f", "{{.Id}}", image])).toBe(id);
    expect(await ok(["run", "--rm", image, "echo", "it runs"])).toBe("it runs");
  });

  test("the tag is latest when there is none, which is said; quietly only the name is", async () => {
    const repository = await pushed("latest");
    expect(await ok(["push", repository])).toStartWith("Using default tag: latest\n");
    expect(await ok(["pull", repository])).toStartWith("Using default tag: latest\n");
    expect(await ok(["pull", "-q", repository])).toBe(`${repository}:latest`);
    expect(await ok(["push", "-q", repository])).toBe(`${repository}:latest`);
  });

  test("a digest names an image for ever", async () => {
    const repository = await pushed("v1");
    const digest = digestIn(await ok(["pull", `${repository}:v1`]));
    await ok(["rmi", "-f", `${repository}:v1`]);
    const pull = await ok(["pull", `${repository}@${digest}`]);
    expect(pull).toContain(`Status: Downloaded newer image for ${repository}@${digest}`);
    expect(await ok(["images", "-q", "--no-trunc", "--digests", repository])).not.toBe("");
    const other = `${repository}@sha256:${"0".repeat(64)}`;
    const missing = await call(["pull", other]);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("manifest unknown")]);
  });

  test("all tags go and come at once", async () => {
    const repository = await pushed();
    for (const tag of ["a", "b", "c"]) await ok(["tag", "busybox", `${repository}:${tag}`]);
    const push = await ok(["push", "-a", repository]);
    for (const tag of ["a", "b", "c"]) expect(push).toContain(`${tag}: digest: sha256:`);
    await ok(["rmi", `${repository}:a`, `${repository}:b`, `${repository}:c`]);
    const pull = await ok(["pull", "-a", repository]);
    expect(pull).toContain(`Status: Downloaded newer image for ${repository}:b`);
    const tags = await ok(["images", "--format", "{{.Tag}}", repository]);
    expect(tags.split("\n").sort()).toEqual(["a", "b", "c"]);
    const tagged = await call(["pull", "-a", `${repository}:a`]);
    expect([tagged.code, tagged.stderr]).toEqual([
      1,
      expect.stringContaining("tag can't be used with --all-tags/-a"),
    ]);
  });

  test.each([
    [["pull", "NOTHING:1"], "manifest for NOTHING:1 not found"],
    [["push", "NOTHING:1"], "An image does not exist locally with the tag: NOTHING"],
    [["push", `NOTHING@sha256:${"0".repeat(64)}`], "cannot push a digest reference"],
    [["pull", "Upper/Case"], "must be lowercase"],
    [["pull", "--platform", "a/b/c/d", "NOTHING"], "platform"],
  ])("%p is an error", async (args, text) => {
    const nothing = `${registry.host}/nothing`;
    const result = await call(args.map((arg) => arg.replace("NOTHING", nothing)));
    expect([result.code, result.stderr]).toEqual([
      1,
      expect.stringContaining(text.replaceAll("NOTHING", nothing)),
    ]);
  });

  test("another platform than there is is an error that names both", async () => {
    const repository = await pushed("v1");
    const result = await call(["pull", "--platform", "linux/s390x", `${repository}:v1`]);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining("linux/s390x")]);
  });

  describe("run and create", () => {
    test("pull what is missing, and say so on standard error alone", async () => {
      const image = `${await pushed("v1")}:v1`;
      await ok(["rmi", image]);
      const run = await call(["run", "--rm", image, "echo", "hello"]);
      expect([run.code, run.stdout]).toEqual([0, "hello\n"]);
      expect(run.stderr).toStartWith(`Unable to find image '${image}' locally\nv1: Pulling from `);
      expect(run.stderr).toContain(`Status: Downloaded newer image for ${image}\n`);
      await ok(["rmi", image]);
      const quiet = await call(["run", "-q", "--rm", image, "true"]);
      expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
    });

    test("--pull never does not, always asks again", async () => {
      const image = `${await pushed("v1")}:v1`;
      await ok(["rmi", image]);
      const never = await call(["run", "--pull", "never", "--rm", image, "true"]);
      expect([never.code, never.stderr]).toEqual([125, expect.stringContaining("No such image")]);
      await ok(["pull", "-q", image]);
      const always = await call(["create", "--pull", "always", image, "true"]);
      expect(always.stdout).toMatch(/^[0-9a-f]{64}\n$/);
      expect(always.stderr).toContain(`Status: Image is up to date for ${image}\n`);
      await ok(["rm", always.stdout.trim()]);
    });

    test("an image that is nowhere is exit status 125", async () => {
      const image = `${registry.host}/nowhere:1`;
      const result = await call(["run", "--rm", image, "true"]);
      expect([result.code, result.stderr]).toEqual([
        125,
        expect.stringMatching(/^Unable to find image '[^']+' locally\n.*manifest for .* not found/s),
      ]);
    });
  });

  test("search says what the registry cannot", async () => {
    const result = await call(["search", `${registry.host}/x`]);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining("has no search")]);
    expect((await call(["search", "--limit", "101", `${registry.host}/x`])).stderr).toContain(
      "limit 101 is outside the range of [1, 100]",
    );
  });
});

test("on a terminal each layer has a line that is written over", async () => {
  const { engine } = fixture;
  const name = uniqueName("shown");
  const image = `${registry.host}/${name}:1`;
  // A layer of its own, which is not here any more when it is pulled.
  for (const args of [
    ["run", "--name", name, "busybox", "sh", "-c", "date > /made"],
    ["commit", name, image],
    ["rm", name],
    ["push", "-q", image],
    ["rmi", image],
  ]) {
    must(await engine.slipway(args));
  }
  using terminal = new Terminal([slipwayPath, "-H", engine.host, "pull", image], { columns: 120 });
  expect(await terminal.exited()).toBe(0);
  // One line up, cleared, the layer's last state, and down again.
  const drawn = terminal.output.replaceAll("\x1b", "ESC");
  expect(drawn).toMatch(/ESC\[1A\rESC\[2K[0-9a-f]{12}: Pull complete *ESC\[1B\r/);
  expect(terminal.output).toEndWith(`Status: Downloaded newer image for ${image}\r\n${image}\r\n`);
});

test("/distribution tells digest, size and platforms", async () => {
  const image = `${registry.host}/${uniqueName("told")}:1`;
  await fixture.engine.slipway(["tag", "busybox", image]);
  const push = (await fixture.engine.slipway(["push", image])).stdout;
  const response = await fixture.engine.fetch(`/distribution/${image}/json`);
  const [, size] = /size: (\d+)/.exec(push) ?? [];
  expect(await response.json()).toMatchObject({
    Descriptor: { digest: digestIn(push), size: Number(size) },
    Platforms: [{ os: "linux" }],
  });
  const missing = await fixture.engine.fetch(`/distribution/${registry.host}/none:1/json`);
  expect(missing.status).toBe(404);
});
