import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tar } from "../../../layers/testing.ts";
import { digestOf, hexOf } from "../../../oci/digest.ts";
import { hostPlatform } from "../../../oci/platform.ts";
import type { GitOp, HttpOp } from "../../graph/index.ts";
import { OpBench } from "../testing.ts";
import { gitOperation } from "./git.ts";
import { HttpOperation } from "./http.ts";
import { nameOf } from "./http-name.ts";
import { ociLayoutOperation } from "./oci-layout.ts";

setDefaultTimeout(60_000);

let bench: OpBench;
beforeAll(async () => {
  bench = await OpBench.open();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

test("a file of the web is fetched once for as long as the server says that it is the same", async () => {
  let [content, fetched] = ["first", 0];
  using server = Bun.serve({
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/away") return Response.redirect("/dir/file.txt");
      if (pathname === "/round") return Response.redirect("/round");
      if (pathname === "/undated") return new Response("undated");
      if (pathname !== "/dir/file.txt") return new Response("no", { status: 404 });
      const etag = `"${content}"`;
      if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304 });
      fetched++;
      return new Response(content, { headers: { etag, "last-modified": "Sat, 01 Jan 2022 00:00:00 GMT" } });
    },
  });
  const http = new HttpOperation(bench.rooms);
  const op = (path: string, changes: Partial<HttpOp> = {}): HttpOp => ({
    kind: "http",
    url: `${server.url.origin}${path}`,
    ...changes,
  });
  const key = (of: HttpOp) => http.key(of, [], bench.job());
  const away = op("/away", { mode: 0o640, uid: 7, gid: 8 });
  const first = await key(away);
  const made = await bench.run(http, away, []);
  expect(fetched).toBe(1);
  const file = join(bench.upper(made), "away");
  expect(readFileSync(file, "utf8")).toBe("first");
  expect(lstatSync(file)).toMatchObject({ uid: 7, gid: 8, mtimeMs: Date.UTC(2022, 0) });
  expect(lstatSync(file).mode & 0o777).toBe(0o640);
  const undated = bench.upper(await bench.run(http, op("/undated"), []));
  expect(lstatSync(join(undated, "undated"))).toMatchObject({ mtimeMs: 0 });
  expect(await key(away)).toBe(first);
  expect(fetched).toBe(1);
  content = "second";
  expect(await key(away)).not.toBe(first);
  expect(fetched).toBe(2);
  const checked = op("/dir/file.txt", { checksum: digestOf("second"), filename: "x" });
  const before = fetched;
  await key(checked);
  expect(fetched).toBe(before);
  expect(readdirSync(bench.upper(await bench.run(http, checked, [])))).toEqual(["x"]);
  await expect(bench.run(http, { ...checked, checksum: digestOf("other") }, [])).rejects.toThrow(
    "digest mismatch",
  );
  await expect(key(op("/gone"))).rejects.toMatchObject({ kind: "notFound" });
  const refused = key({ kind: "http", url: "http://127.0.0.1:1/x" });
  await expect(refused).rejects.toThrow("cannot fetch http://127.0.0.1:1/x: connection refused");
  await expect(key(op("/round"))).rejects.toThrow("more than 10 times");
  await expect(key({ kind: "http", url: "file:///etc/passwd" })).rejects.toThrow("only http and https");
});

test.each([
  ["http://h/a/b.tgz?x", undefined, null, "b.tgz"],
  ["http://h/a/b.tgz", "c", "attachment; filename=d", "c"],
  ["http://h/a/", undefined, null, "download"],
  ["http://h/", undefined, 'attachment; filename="../../etc/passwd"', "passwd"],
  ["http://h/x", undefined, "attachment; filename*=UTF-8''%c3%a9.txt; filename=e.txt", "é.txt"],
  ["http://h/%2e%2e%2f%2e%2e", undefined, "attachment; filename=..", "download"],
])("%s, asked for as %p, said to be %p: %p", (url, asked, disposition, expected) => {
  expect(nameOf(url, asked, disposition)).toBe(expected);
});

/** A repository with two commits, a tag, a branch and a submodule; answers its URL and commits. */
function repository() {
  const path = bench.path("repository");
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      ["-c", "protocol.file.allow=always", "-c", "user.name=x", "-c", "user.email=x@x", ...args],
      { cwd: path, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    ).trim();
  mkdirSync(join(path, "sub/dir"), { recursive: true });
  writeFileSync(join(path, "file"), "1");
  writeFileSync(join(path, "sub/dir/inner"), "2");
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "one");
  git("tag", "-am", "first", "v1");
  const first = git("rev-parse", "HEAD");
  writeFileSync(join(path, "file"), "2");
  git("commit", "-qam", "two");
  return { url: `file://${path}`, first, second: git("rev-parse", "HEAD") };
}

test("commits of a repository by branch, tag and commit, whole and in parts", async () => {
  const { url, first, second } = repository();
  const git = gitOperation(bench.rooms);
  const op = (changes: Partial<GitOp> = {}): GitOp => ({
    kind: "git",
    remote: url,
    keepGitDirectory: false,
    ...changes,
  });
  const key = (changes: Partial<GitOp> = {}) => git.key(op(changes), [], bench.job());
  const made = async (changes: Partial<GitOp> = {}) => bench.upper(await bench.run(git, op(changes), []));
  expect(new Set([await key(), await key({ ref: "main" }), await key({ ref: second })]).size).toBe(1);
  expect(await key({ ref: "v1" })).toBe(await key({ ref: first }));
  expect(readdirSync(await made()).sort()).toEqual(["file", "sub"]);
  for (const ref of ["v1", first]) {
    const tree = await made({ ref });
    expect(readFileSync(join(tree, "file"), "utf8")).toBe("1");
  }
  const again = [await bench.run(git, op(), []), await bench.run(git, op({ ref: "main" }), [])];
  expect(new Set(again.map((result) => result.kind === "layers" && result.layers[0]?.diffID)).size).toBe(1);
  expect(readdirSync(await made({ subdirectory: "sub/dir" }))).toEqual(["inner"]);
  const kept = await made({ keepGitDirectory: true, ref: "v1" });
  expect(
    execFileSync("git", ["-C", kept, "-c", "safe.directory=*", "rev-parse", "HEAD"], {
      encoding: "utf8",
    }).trim(),
  ).toBe(first);
  await expect(made({ ref: "nowhere" })).rejects.toThrow("repository does not contain ref nowhere");
  await expect(made({ subdirectory: "../.." })).resolves.toBeDefined();
  await expect(made({ subdirectory: "gone" })).rejects.toMatchObject({ kind: "notFound" });
  expect(await key({ ref: "v1", checksum: first.slice(0, 8) })).toBe(await key({ ref: "v1" }));
  await expect(key({ ref: "v1", checksum: "g" })).rejects.toThrow("invalid checksum g for Git URL");
  await expect(key({ ref: "v1", checksum: second })).rejects.toThrow(
    `expected checksum to match ${second}, got ${first}`,
  );
  await bench.rooms.engine.background.drained();
  expect(readdirSync(bench.path("run/builds"))).toEqual([]);
});

test("a repository's name cannot make git run anything", async () => {
  const git = gitOperation(bench.rooms);
  const key = (changes: Partial<GitOp>) =>
    git.key({ kind: "git", remote: "https://h/r", keepGitDirectory: false, ...changes }, [], bench.job());
  const mark = bench.path("mark");
  for (const remote of [
    `ext::sh -c touch% ${mark}`,
    `ext::touch%20${mark}`,
    "--upload-pack=touch",
    `ssh://-oProxyCommand=touch${mark}/x`,
    "-oProxyCommand=x:y",
    "user@-oProxyCommand=x:y",
    "file::/etc",
    "https://h/\nx",
    "fd::17",
  ])
    await expect(key({ remote })).rejects.toMatchObject({ kind: "invalid" });
  for (const ref of ["--upload-pack=x", "a..b", "a b", "x:refs/heads/y", "+x", "a^{commit}", ""])
    if (ref !== "+x") await expect(key({ ref })).rejects.toThrow("invalid git reference");
  expect(readdirSync(bench.directory)).not.toContain("mark");
});

test("an image of an OCI layout is unpacked from there", async () => {
  const layout = bench.path("layout");
  mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
  const blob = (bytes: Uint8Array | string) => {
    const digest = digestOf(bytes);
    writeFileSync(join(layout, "blobs/sha256", hexOf(digest)), bytes);
    return { digest, size: bytes.length };
  };
  const layers = ["one", "two"].map((name) => tar({ name, content: name }));
  const type = "application/vnd.oci.image";
  const diffIDs = layers.map((bytes) => digestOf(bytes));
  const config = blob(
    JSON.stringify({ ...hostPlatform(), config: {}, rootfs: { type: "layers", diff_ids: diffIDs } }),
  );
  const descriptors = layers.map((bytes) => ({
    mediaType: `${type}.layer.v1.tar+gzip`,
    ...blob(gzipSync(bytes)),
  }));
  const manifest = blob(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: { mediaType: `${type}.config.v1+json`, ...config },
      layers: descriptors,
    }),
  );
  bench.session.directories = new Map([["base", layout]]);
  const op = {
    kind: "oci-layout",
    name: "base",
    id: config.digest,
    manifest: manifest.digest,
    platform: hostPlatform(),
  } as const;
  const result = await bench.run(ociLayoutOperation(bench.rooms), op, []);
  expect(result.kind === "layers" && result.layers.map(({ diffID }) => diffID)).toEqual(diffIDs);
  const on = await bench.layer(result.kind === "layers" ? result.layers : [], (root) => {
    expect(readdirSync(root).sort()).toEqual(["one", "two"]);
  });
  expect(on.size).toBe(0);
  writeFileSync(join(layout, "blobs/sha256", hexOf(manifest.digest)), "{}");
  await expect(bench.run(ociLayoutOperation(bench.rooms), op, [])).rejects.toThrow("is damaged");
});

test("a git host is shown what the request has for it, and nobody else is", async () => {
  const seen: (string | null)[] = [];
  using server = Bun.serve({
    port: 0,
    fetch(request) {
      seen.push(request.headers.get("authorization"));
      return new Response("no", { status: 404 });
    },
  });
  const git = gitOperation(bench.rooms);
  const ask = async (secrets: Record<string, string>, login?: { username: string; password: string }) => {
    const session = {
      ...bench.job().session,
      secret: async (id: string) => (id in secrets ? Buffer.from(secrets[id] ?? "") : undefined),
      auth: async () => login,
    };
    const remote = `${server.url.origin}/r.git`;
    const asked = git.key({ kind: "git", remote, keepGitDirectory: false }, [], { ...bench.job(), session });
    const message = await asked.then(String, String);
    expect(message).not.toContain("hidden");
    return seen.at(-1);
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  expect(await ask({})).toBeNull();
  expect(await ask({}, { username: "a", password: "hidden" })).toBe(basic("a:hidden"));
  const token = { GIT_AUTH_TOKEN: "hidden\n" };
  expect(await ask(token, { username: "a", password: "b" })).toBe(basic("x-access-token:hidden"));
  expect(await ask({ ...token, [`GIT_AUTH_HEADER.${server.url.host}`]: "Bearer hidden" })).toBe(
    "Bearer hidden",
  );
  expect(await ask({ "GIT_AUTH_TOKEN.elsewhere": "hidden" })).toBeNull();
});
