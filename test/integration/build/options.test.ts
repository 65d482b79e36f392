/* What buildx's options ask for, one small build each. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { classic, contextWith } from "../../support/build.ts";
import type { Result } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const call = (args: string[], options = {}): Promise<Result> => fixture.engine.slipway(args, options);
const ok = async (args: string[], options = {}) => must(await call(args, options)).stdout.trim();
const jsonOf = (path: string) => JSON.parse(readFileSync(path, "utf8"));

describe("outputs", () => {
  test("a layout in a directory has annotations on what they are for; the metadata tells them", async () => {
    using context = contextWith({
      Dockerfile: "FROM scratch\nARG TARGETARCH\nCOPY a /$TARGETARCH\n",
      a: "1",
    });
    using out = new Folder();
    const annotations = [
      "manifest:a=1",
      "index,index-descriptor:b=2",
      "manifest-descriptor[linux/arm64]:c=3",
    ];
    await ok([
      ...[
        "build",
        "-q",
        "--platform",
        "linux/amd64,linux/arm64",
        "--metadata-file",
        out.join("metadata.json"),
      ],
      ...annotations.flatMap((annotation) => ["--annotation", annotation]),
      ...["-o", `type=oci,dest=${out.join("layout")},tar=false`, context.path],
    ]);
    const blob = (digest: string) => jsonOf(out.join("layout/blobs/sha256", digest.slice(7)));
    const [top] = jsonOf(out.join("layout/index.json")).manifests;
    expect(top.annotations).toMatchObject({ b: "2", "org.opencontainers.image.created": expect.anything() });
    const index = blob(top.digest);
    expect(index.annotations).toEqual({ b: "2" });
    expect(index.manifests.map(({ annotations }: { annotations?: object }) => annotations)).toEqual([
      undefined,
      { c: "3" },
    ]);
    expect(blob(index.manifests[0].digest).annotations).toEqual({ a: "1" });
    const metadata = jsonOf(out.join("metadata.json"));
    expect(metadata).toMatchObject({
      "buildx.build.ref": expect.stringMatching(/^default\/default\/[\w-]+$/),
      "containerimage.digest": top.digest,
      "containerimage.descriptor": { digest: top.digest, annotations: { b: "2" } },
    });
    expect(metadata["containerimage.config.digest"]).toBeUndefined();
    const one = await call(["build", "-q", "--annotation", "index:a=b", context.path]);
    expect(one.stderr).toContain("index annotations not supported for single platform export");
  });

  test("platforms in directories of their own, or together", async () => {
    using context = contextWith({
      Dockerfile: "FROM scratch\nARG TARGETARCH\nCOPY a /d/$TARGETARCH\n",
      a: "1",
    });
    using same = contextWith({ Dockerfile: "FROM scratch\nCOPY a /d/\n", a: "1" });
    using out = new Folder();
    const build = (name: string, platforms: string, split: string, path = context.path) =>
      call([
        "build",
        "-q",
        "--platform",
        platforms,
        "-o",
        `type=local,dest=${out.join(name)},platform-split=${split}`,
        path,
      ]);
    must(await build("one", "linux/amd64", "true"));
    must(await build("both", "linux/amd64,linux/arm64", "false"));
    expect(readdirSync(out.join("one"))).toEqual(["linux_amd64"]);
    expect(readdirSync(out.join("both/d")).sort()).toEqual(["amd64", "arm64"]);
    const { code, stderr } = await build("clash", "linux/amd64,linux/arm64", "false", same.path);
    expect([code, stderr]).toEqual([1, expect.stringContaining("cannot overwrite d/a")]);
  });
});

test("a step without the sandbox, or in the host's network, needs to be allowed", async () => {
  using context = contextWith({
    Dockerfile: "FROM busybox\nRUN --network=host true\n",
    Insecure: "FROM busybox\nRUN --security=insecure grep CapEff /proc/self/status\n",
  });
  const build = (...args: string[]) => call(["build", "-q", ...args, context.path]);
  expect((await build()).stderr).toContain(
    "network.host is not allowed: the build needs --allow network.host",
  );
  must(await build("--network", "host"));
  must(await build("--allow", "network.host"));
  expect((await build("-f", context.join("Insecure"))).stderr).toContain("--allow security.insecure");
  must(await build("-f", context.join("Insecure"), "--allow", "security.insecure"));
});

test("attestations can be off; a front end of somebody else is refused", async () => {
  using context = contextWith({
    Dockerfile: "# syntax=docker/dockerfile:1\nFROM scratch\nCOPY Dockerfile /\n",
    Other: "# syntax=example.com/front/end:1\nFROM scratch\nCOPY Other /\n",
  });
  const off = ["--provenance=false", "--sbom", "false", "--attest", "type=sbom,disabled=true"];
  must(await call(["build", "-q", ...off, context.path]));
  expect((await call(["build", "--sbom=true", context.path])).stderr).toContain("not supported yet");
  const { code, stderr } = await call(["build", "-q", "-f", context.join("Other"), context.path]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("Other:1\n")]);
  expect(stderr).toContain("the front end example.com/front/end:1 cannot be used");
});

test("a step that fails ends the command with its status, and leaves no file of an earlier build", async () => {
  using context = contextWith({ Dockerfile: "FROM busybox\nARG code=0\nRUN exit $code\n" });
  using out = new Folder();
  const build = (code: string) =>
    call(["build", "-q", "--iidfile", out.join("iid"), "--build-arg", `code=${code}`, context.path]);
  must(await build("0"));
  expect(readdirSync(out.path)).toEqual(["iid"]);
  const { code, stderr } = await build("7");
  expect([code, stderr]).toEqual([7, expect.stringContaining("did not complete successfully: exit code: 7")]);
  expect(readdirSync(out.path)).toEqual([]);
});

test("an image that has its steps is a cache for the classic build", async () => {
  using context = contextWith({ Dockerfile: "FROM busybox\nRUN echo $RANDOM$RANDOM > /made\n" });
  const name = uniqueName("cached");
  await ok(["build", "-q", "-t", name, "--cache-to", "type=inline", context.path]);
  await ok(["builder", "prune", "-af"]);
  const from = ["--cache-from", name, "--cache-from", "nowhere.invalid/a"];
  const { stdout } = must(
    await fixture.engine.docker(["build", "-q", ...from, context.path], { env: classic }),
  );
  const cat = (image: string) => ok(["run", "--rm", "--network", "none", image, "cat", "/made"]);
  expect(await cat(stdout.trim())).toBe(await cat(name));
});

test("an image is a cache for the classic build by its history, too, up to the first step that is another", async () => {
  using context = contextWith({
    Dockerfile: `FROM busybox
RUN echo $RANDOM$RANDOM > /first
ARG V=1
ENV V=$V
RUN cat /first && echo $RANDOM$RANDOM > /second
`,
  });
  const name = uniqueName("history");
  await ok(["build", "-q", "-t", name, context.path]);
  await ok(["builder", "prune", "-af"]);
  const again = async (...args: string[]) => {
    const build = ["build", "-q", "--cache-from", name, ...args, context.path];
    return must(await fixture.engine.docker(build, { env: classic })).stdout.trim();
  };
  const cat = (image: string) => ok(["run", "--rm", "--network", "none", image, "cat", "/first", "/second"]);
  const [first, second] = (await cat(name)).split("\n");
  expect(await cat(await again())).toBe(`${first}\n${second}`);
  const [same, other] = (await cat(await again("--build-arg", "V=2"))).split("\n");
  expect([same, other === second]).toEqual([first, false]);
});

test("what a classic build cannot be is refused before it begins", async () => {
  const ask = async (query: string) => {
    const answer = await fixture.engine.fetch(`/build?${query}`, { method: "POST" });
    return [answer.status, ((await answer.json()) as { message: string }).message];
  };
  const unknown = (url: string) =>
    `the build context ${JSON.stringify(url)} could not be recognized as URL: use http:// or https://`;
  for (const url of ["file:///etc/passwd", "data:text/plain,FROM busybox", "foo bar", "http://"])
    expect(await ask(`remote=${encodeURIComponent(url)}`)).toEqual([400, unknown(url)]);
  expect(await ask("t=Bad")).toEqual([400, expect.stringContaining("must be lowercase")]);
});

test("outlines and targets are said of a Dockerfile before it is built", async () => {
  using context = contextWith({
    Dockerfile: "# WHO is greeted\nARG WHO=you\nFROM nowhere.invalid/x AS a\nARG WHO\nFROM a\n",
  });
  expect(await ok(["build", "--call=outline", context.path])).toBe(
    "BUILD ARG   VALUE   DESCRIPTION\nWHO         you     is greeted",
  );
  const { targets } = JSON.parse(await ok(["build", "--call=targets,format=json", context.path]));
  expect(targets).toMatchObject([{ name: "a" }, { default: true, base: "a" }]);
});
