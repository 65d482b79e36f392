import { afterAll, beforeAll, expect, test } from "bun:test";
import { dockerArchive } from "../../support/docker-archive.ts";
import { Layout, other, text } from "../../support/platform-layout.ts";
import { TestRegistry } from "../../support/registry.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
}, 60_000);
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

throughBoth("platforms of images in registries", fixture, ({ call, ok }) => {
  test("what runs on a newer CPU is pulled for it, and containers get it; the other way it is refused", async () => {
    const image = `${registry.host}/${uniqueName("arm")}:1`;
    const v6 = { os: "linux", architecture: "arm", variant: "v6" };
    await ok(["load"], {
      stdin: dockerArchive({ tag: image, layers: [[{ name: "x", data: image }]], platform: v6 }),
    });
    await ok(["push", "-q", image]);
    await ok(["rmi", image]);
    expect(await ok(["pull", "--platform", "linux/arm/v7", image])).toContain("Downloaded newer image");
    const create = ["create", "--pull", "never", "--platform"];
    await ok(["rm", await ok([...create, "linux/arm/v7", image])]);
    expect((await call(["image", "inspect", "--platform", "linux/arm/v7", image])).stderr).toContain(
      "its platform (linux/arm/v6) does not match the specified platform (linux/arm/v7)",
    );
    expect((await call(["pull", "--platform", "linux/arm/v5", image])).stderr).toContain(
      "wanted linux/arm/v5, actual: linux/arm/v6",
    );
    await ok(["rmi", image]);
  });

  test("of an index that is not all here the host's image is pushed, with a note", async () => {
    const layout = new Layout(`${uniqueName("part")}:1`);
    const image = `${registry.host}/${layout.name}`;
    await ok(["load"], { stdin: layout.archive() });
    await ok(["tag", layout.name, image]);
    const push = await ok(["push", image]);
    const sent = layout.manifests[0]?.digest;
    expect(push).toContain(`1: digest: ${sent} size: `);
    expect(push).toMatch(/\n Info -> Not all .* (is here|is present)/);
    // The docker command line colours them on pipes as well.
    expect(push.split("\n").at(-1)).toMatch(new RegExp(`${layout.index.digest}.* -> .*${sent}`));
    await ok(["rmi", "-f", image, layout.name]);
  });

  test("one platform is pushed when it is asked for, and what that means is said", async () => {
    const layout = new Layout(`${uniqueName("one")}:1`);
    const image = `${registry.host}/${layout.name}`;
    await ok(["load"], { stdin: layout.archive() });
    await ok(["tag", layout.name, image]);
    const push = await ok(["push", "--platform", text(other), image]);
    expect(push).toStartWith("Info -> Using --platform pushes only");
    expect(push).toContain(`1: digest: ${layout.manifests[1]?.digest} size: `);
    expect(push).not.toContain(layout.index.digest);
    await ok(["rmi", "-f", image, layout.name]);
  });
});
