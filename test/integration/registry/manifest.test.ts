import { afterAll, beforeAll, expect, test } from "bun:test";
import { TestRegistry } from "../../support/registry.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start({ users: { ann: "secret" } });
  const login = ["login", "-u", "ann", "-p", "secret", registry.host];
  must(await fixture.engine.slipway(login));
}, 60_000);
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

throughBoth("manifest", fixture, ({ call, ok }) => {
  /** An image of its own in a repository of its own. */
  async function published(label: string): Promise<string> {
    const image = `${registry.host}/${uniqueName(label)}:1`;
    const container = await ok(["create", "busybox"]);
    await ok(["commit", "-c", `LABEL is=${image}`, container, image]);
    await ok(["rm", container]);
    await ok(["push", "-q", image]);
    return image;
  }

  test("a list is made of images, annotated, pushed and found in the registry", async () => {
    const [one, two] = [await published("one"), await published("two")];
    const list = `${registry.host}/${uniqueName("list")}:1`;
    expect(await ok(["manifest", "create", "--insecure", list, one, two])).toBe(
      `Created manifest list ${list}`,
    );
    await ok(["manifest", "annotate", "--arch", "arm", "--variant", "v7", list, two]);
    const local = JSON.parse(await ok(["manifest", "inspect", list]));
    expect(local.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
      { architecture: expect.any(String), os: "linux" },
      { architecture: "arm", os: "linux", variant: "v7" },
    ]);
    const pushed = (await ok(["manifest", "push", "--insecure", "--purge", list])).split("\n");
    expect(pushed).toHaveLength(3);
    for (const line of pushed.slice(0, 2))
      expect(line).toMatch(/^Pushed ref \S+@(sha256:\S+) with digest: \1$/);
    expect(pushed[2]).toMatch(/^sha256:[0-9a-f]{64}$/);
    const remote = await ok(["manifest", "inspect", "--insecure", list]);
    expect(JSON.parse(remote)).toEqual(local);
    const [first] = JSON.parse(await ok(["manifest", "inspect", "--insecure", "-v", list]));
    expect(first).toMatchObject({ Descriptor: local.manifests[0], OCIManifest: { schemaVersion: 2 } });
    const pull = await ok(["pull", list]);
    expect(pull).toContain(`Digest: ${pushed[2]}`);
    expect(await ok(["run", "--rm", list, "echo", "it runs"])).toBe("it runs");
  });

  test("what is there is shown as both command lines show it", async () => {
    const image = await published("same");
    for (const args of [
      ["manifest", "inspect", "--insecure", image],
      ["manifest", "inspect", "--insecure", "-v", image],
    ]) {
      const { engine } = fixture;
      const [own, theirs] = [must(await engine.slipway(args)), must(await engine.docker(args))];
      expect(own.stdout).toBe(theirs.stdout);
    }
  });

  test("a list is amended on demand only, and removed", async () => {
    const [one, two] = [await published("one"), await published("two")];
    const list = `${registry.host}/${uniqueName("list")}:1`;
    await ok(["manifest", "create", "--insecure", list, one]);
    const refused = await call(["manifest", "create", "--insecure", list, two]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("--amend")]);
    await ok(["manifest", "create", "--insecure", "--amend", list, two]);
    expect(JSON.parse(await ok(["manifest", "inspect", list])).manifests).toHaveLength(2);
    await ok(["manifest", "rm", list]);
    const gone = await call(["manifest", "rm", list]);
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining(`No such manifest: ${list}`)]);
  });

  test("what cannot be is an error", async () => {
    const image = await published("one");
    const list = `${registry.host}/${uniqueName("list")}:1`;
    await ok(["manifest", "create", "--insecure", list, image]);
    const fails = async (args: string[], text: string) => {
      const result = await call(["manifest", ...args]);
      expect([result.code, result.stderr.toLowerCase()]).toEqual([1, expect.stringContaining(text)]);
    };
    await fails(["annotate", "--arch", "pdp11", list, image], "unsupported os/arch combination");
    await fails(["annotate", list, `${registry.host}/none:1`], "does not exist in");
    await fails(["inspect", "--insecure", `${registry.host}/none:1`], "manifest");
    await fails(["push", "--insecure", `${registry.host}/none:1`], "no such manifest");
    await fails(["create", "--insecure", `${registry.host}/x:1`, `${registry.host}/none:1`], "manifest");
  });
});
