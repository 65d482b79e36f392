/* What comes of a build: images of every form, files, archives, and results for scripts. */
import { expect, test } from "bun:test";
import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { contextWith } from "../../support/build.ts";
import { command, type Result } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { TestRegistry } from "../../support/registry.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const call = (args: string[], options = {}): Promise<Result> => fixture.engine.slipway(args, options);
const ok = async (args: string[], options = {}) => must(await call(args, options)).stdout.trim();
const inspect = async (image: string) => JSON.parse(await ok(["image", "inspect", image]))[0];

test("a directory, an archive, standard output, and an image, all of one build", async () => {
  using context = contextWith({ Dockerfile: "FROM scratch\nCOPY a /dir/a\nCOPY b /b\n", a: "1", b: "2" });
  using out = new Folder();
  const name = uniqueName("several");
  await ok([
    ...["build", "-t", name, "--load", "-o", out.join("tree"), "-o", `type=tar,dest=${out.join("tree.tar")}`],
    ...["-o", `type=oci,dest=${out.join("oci.tar")}`, "-o", `type=docker,dest=${out.join("docker.tar")}`],
    ...["--metadata-file", out.join("metadata.json"), "--iidfile", out.join("iid"), context.path],
  ]);
  expect(readFileSync(out.join("tree", "dir", "a"), "utf8")).toBe("1");
  const members = must(await command(["tar", "-tf", out.join("tree.tar")]))
    .stdout.trim()
    .split("\n");
  expect(
    members
      .map((member) => member.replace(/^\.?\//, ""))
      .filter(Boolean)
      .sort(),
  ).toEqual(["b", "dir/", "dir/a"]);
  const { Id } = await inspect(name);
  expect(readFileSync(out.join("iid"), "utf8")).toBe(Id);
  expect(JSON.parse(readFileSync(out.join("metadata.json"), "utf8"))).toMatchObject({
    "containerimage.config.digest": Id,
    "image.name": `${name}:latest`,
  });
  await ok(["rmi", name]);
  expect(await ok(["load", "-i", out.join("docker.tar")])).toContain(`${name}:latest`);
  expect((await inspect(name)).Id).toBe(Id);
  const tarOnStdout = must(await call(["build", "-q", "-o", "-", context.path]));
  expect(tarOnStdout.stdout).toContain("ustar");
  const layout = must(await command(["tar", "-xOf", out.join("oci.tar"), "index.json"])).stdout;
  expect(JSON.parse(layout).manifests).toHaveLength(1);
});

test("an output that cannot be written ends the build with its reason", async () => {
  using context = contextWith({ Dockerfile: "FROM scratch\nCOPY a /a\n", a: "1" });
  const { code, stderr } = await call(["build", "-q", "-o", "type=tar,dest=/proc/none/x.tar", context.path]);
  expect(code).toBe(1);
  expect(stderr).toContain("/proc/none");
});

test("devices and links stay what they are, and what they lead to is written", async () => {
  using context = contextWith({ Dockerfile: "FROM scratch\nCOPY a /a\n", a: "1" });
  using out = new Folder();
  writeFileSync(out.join("file"), "before");
  symlinkSync("file", out.join("link"));
  must(await command(["mknod", out.join("full"), "c", "1", "7"]));
  const build = (to: string) => call(["build", "-q", "-o", `type=tar,dest=${out.join(to)}`, context.path]);
  must(await build("link"));
  expect([lstatSync(out.join("link")).isSymbolicLink(), statSync(out.join("file")).size > 1024]).toEqual([
    true,
    true,
  ]);
  const { code, stderr } = await build("full");
  expect([code, stderr]).toEqual([1, expect.stringContaining("no space left on device")]);
  expect(statSync(out.join("full")).isCharacterDevice()).toBe(true);
});

test("layers compressed with zstd or gzip where that is asked for", async () => {
  using context = contextWith({ Dockerfile: "FROM scratch\nCOPY a /a\n", a: "1".repeat(10_000) });
  using out = new Folder();
  for (const [compression, type] of [
    ["zstd", "zstd"],
    ["gzip", "gzip"],
    ["uncompressed", "tar"],
  ] as const) {
    const output = `type=oci,dest=${out.join("oci.tar")},compression=${compression},force-compression=true`;
    await ok(["build", "-q", "-o", output, context.path]);
    await ok2(["tar", "-xf", out.join("oci.tar"), "-C", out.path]);
    const [top] = JSON.parse(readFileSync(out.join("index.json"), "utf8")).manifests;
    const manifest = JSON.parse(readFileSync(blobOf(out, top.digest), "utf8"));
    expect(manifest.layers[0].mediaType).toEndWith(type === "tar" ? ".tar" : `+${type}`);
    expect(statSync(blobOf(out, manifest.layers[0].digest)).size).toBe(manifest.layers[0].size);
  }
});

const blobOf = (folder: Folder, digest: string): string => folder.join("blobs", "sha256", digest.slice(7));
const ok2 = async (argv: string[]) => must(await command(argv)).stdout;

test("pushed to a registry, with annotations, and pulled from there", async () => {
  await using registry = await TestRegistry.start();
  using context = contextWith({ Dockerfile: "FROM busybox\nRUN echo pushed > /it\n" });
  const name = `${registry.host}/team/app:1`;
  await ok(["build", "-t", name, "--push", "--annotation", "manifest:org.example.a=b", context.path]);
  const { Id } = await inspect(name);
  const manifest = await (
    await fetch(`${registry.url}/v2/team/app/manifests/1`, {
      headers: { Accept: "application/vnd.oci.image.manifest.v1+json" },
    })
  ).json();
  expect(manifest).toMatchObject({ annotations: { "org.example.a": "b" }, config: { digest: Id } });
  await ok(["rmi", name]);
  expect(await ok(["run", "--rm", "--network", "none", name, "cat", "/it"])).toBe("pushed");
});

test("SOURCE_DATE_EPOCH and rewritten timestamps make the same image anew, bit for bit", async () => {
  using context = contextWith({ Dockerfile: "FROM busybox\nRUN echo x > /made\nCOPY a /a\n", a: "1" });
  const epoch = "1600000000";
  const digests = [];
  for (let round = 0; round < 2; round++) {
    using out = new Folder();
    await ok(
      [
        ...["build", "-q", "--no-cache", "-o", "type=image,rewrite-timestamp=true"],
        ...["--metadata-file", out.join("metadata.json"), context.path],
      ],
      { env: { SOURCE_DATE_EPOCH: epoch } },
    );
    digests.push(JSON.parse(readFileSync(out.join("metadata.json"), "utf8"))["containerimage.digest"]);
  }
  expect(digests[1]).toBe(digests[0]);
  const name = uniqueName("dated");
  await ok(["build", "-t", name, "-o", "type=image,rewrite-timestamp=true", context.path], {
    env: { SOURCE_DATE_EPOCH: epoch },
  });
  expect((await inspect(name)).Created).toStartWith("2020-09-13T12:26:40");
  expect(await ok(["run", "--rm", "--network", "none", name, "stat", "-c", "%Y", "/made", "/a"])).toBe(
    `${epoch}\n${epoch}`,
  );
});

test("squashed layers are one, with what later steps deleted and made anew", async () => {
  using context = contextWith({
    Dockerfile: [
      "FROM busybox",
      "RUN mkdir -p /d/sub && echo 1 > /d/sub/old && echo keep > /keep && ln /keep /other && echo big > /gone",
      "RUN rm /gone /d/sub/old && echo 2 > /keep && rm -r /etc/network 2>/dev/null; true",
      "RUN rm -r /d && mkdir /d && echo new > /d/new && rm /bin/wget",
    ].join("\n"),
  });
  const name = uniqueName("squashed");
  const plain = uniqueName("plain");
  await ok(["build", "-t", plain, context.path]);
  await ok(["build", "-t", name, "--squash", context.path]);
  const base = (await inspect("busybox")).RootFS.Layers;
  expect((await inspect(name)).RootFS.Layers).toHaveLength(base.length + 1);
  const list =
    "find / -xdev -path /proc -prune -o -path /sys -prune -o -path /dev -prune -o -type f -print -o -type d -print | sort; cat /keep /d/new /other";
  const files = (image: string) => ok(["run", "--rm", "--network", "none", image, "sh", "-c", list]);
  expect(await files(name)).toBe(await files(plain));
});

test("several targets of one call, each with its name", async () => {
  using context = contextWith({
    Dockerfile:
      "FROM busybox AS a\nRUN echo a > /n\nFROM busybox AS b\nRUN echo b > /n\nFROM busybox\nRUN exit 1\n",
  });
  const [a, b] = [uniqueName("a"), uniqueName("b")];
  await ok(["build", "--target", "a", "--target", "b", "-t", `a=${a}`, "-t", b, context.path]);
  for (const [image, text] of [
    [a, "a"],
    [b, "b"],
  ] as const)
    expect(await ok(["run", "--rm", "--network", "none", image, "cat", "/n"])).toBe(text);
});

test("images for several platforms are one index", async () => {
  using context = contextWith({
    Dockerfile: "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /arch\n",
    amd64: "x",
    arm64: "y",
  });
  using out = new Folder();
  const name = uniqueName("platforms");
  await ok(["build", "-t", name, "--platform", "linux/amd64,linux/arm64", context.path]);
  await ok(["build", "-q", "--platform", "linux/amd64,linux/arm64", "-o", out.join("trees"), context.path]);
  expect(readdirSync(out.join("trees")).sort()).toEqual(["linux_amd64", "linux_arm64"]);
  expect(readFileSync(out.join("trees", "linux_arm64", "arch"), "utf8")).toBe("y");
  await ok(["save", "-o", out.join("saved.tar"), name]);
  await ok2(["tar", "-xf", out.join("saved.tar"), "-C", out.path]);
  const [top] = JSON.parse(readFileSync(out.join("index.json"), "utf8")).manifests;
  const index = JSON.parse(readFileSync(blobOf(out, top.digest), "utf8"));
  expect(
    index.manifests.map(({ platform }: { platform: { architecture: string } }) => platform.architecture),
  ).toEqual(["amd64", "arm64"]);
});

test("a check looks, and builds nothing", async () => {
  using context = contextWith({ Dockerfile: "from busybox AS a\nCMD echo hi\nRUN exit 1\n" });
  const found = await call(["build", "--check", context.path]);
  expect(found.code).toBe(1);
  expect(found.stdout).toContain("JSONArgsRecommended");
  const json = JSON.parse((await call(["build", "--call=check,format=json", context.path])).stdout);
  expect(json.warnings.map(({ ruleName }: { ruleName: string }) => ruleName)).toContain(
    "JSONArgsRecommended",
  );
  const sarif = JSON.parse((await call(["build", "--call=check,format=sarif", context.path])).stdout);
  expect(sarif.runs[0].results.length).toBe(json.warnings.length);
  using clean = contextWith({ Dockerfile: 'FROM scratch\nCOPY a /a\nUSER 1\nCMD ["/a"]\n', a: "" });
  expect(await call(["build", "--check", clean.path])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("no warnings found"),
  });
});
