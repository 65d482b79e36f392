/* Contexts and sources from git, over HTTPS and ssh, from real servers. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { contextWith } from "../../support/build.ts";
import { command } from "../../support/engine.ts";
import { SshServer } from "../../support/file-servers/ssh.ts";
import { Folder } from "../../support/folder.ts";
import { GitServer } from "../../support/git-server.ts";
import { must, withEngine } from "../../support/suite.ts";

const git = await GitServer.start();
const fixture = withEngine({ env: { GIT_SSL_CAINFO: git.authority } });
const keys = new Folder();
/** What builds put out. */
const outputs: Folder[] = [];
/** Of the command line. */
const temporary = new Folder();
const sourceContext = contextWith({
  Dockerfile: "FROM scratch\nARG URL\nADD $URL /added\nCOPY --from=elsewhere server /named\n",
});
let ssh: SshServer;
let first = "";

beforeAll(async () => {
  ssh = await SshServer.start();
  const key = async (...args: string[]) => must(await command(["ssh-keygen", "-q", ...args]));
  await key("-t", "ecdsa", "-m", "PEM", "-N", "", "-f", keys.join("pem"));
  await key("-t", "ed25519", "-N", "secret", "-f", keys.join("locked"));
  await git.make("part", "echo of a part > inside; git add .; git commit -qm part");
  first = await git.make(
    "whole.git",
    `mkdir server; printf 'FROM scratch\\nCOPY . /\\n' | tee Dockerfile > server/Dockerfile; echo 1 > server/file
git -c protocol.file.allow=always submodule add -q ../part part; git add .; git commit -qm one; git rev-parse HEAD
git checkout -q -b next; echo 2 > server/file; git commit -qam two; git checkout -q main`,
  );
}, 30_000);

afterAll(async () => {
  await ssh[Symbol.asyncDispose]();
  await git[Symbol.asyncDispose]();
  for (const folder of [keys, temporary, sourceContext, ...outputs]) folder[Symbol.dispose]();
});

const attempt = (args: string[], out: Folder) =>
  fixture.engine.slipway(["build", "-q", "-o", `type=local,dest=${out.join("out")}`, ...args], {
    env: { TMPDIR: temporary.path },
  });

async function files(...args: string[]): Promise<(name: string) => string> {
  const out = new Folder();
  outputs.push(out);
  must(await attempt(args, out));
  return (name) => readFileSync(out.join("out", name), "utf8").trim();
}

async function failure(...args: string[]): Promise<string> {
  using out = new Folder();
  const { code, stderr } = await attempt(args, out);
  expect(code).not.toBe(0);
  return stderr;
}

test("over HTTPS: the default branch with its submodules, another branch, a directory, a commit", async () => {
  const url = `${git.url}/whole.git`;
  const [whole, next, commit, source] = await Promise.all([
    files(url),
    files(`${url}#next:server`),
    files(`${url}?ref=main&subdir=server&checksum=${first}&submodules=0`),
    files("--build-context", `elsewhere=${url}#next`, "--build-arg", `URL=${url}`, sourceContext.path),
  ]);
  expect([whole("server/file"), whole("part/inside")]).toEqual(["1", "of a part"]);
  expect([next("file"), commit("file")]).toEqual(["2", "1"]);
  expect([source("added/server/file"), source("named/file")]).toEqual(["1", "2"]);
});

test("over ssh: with a key in a file, alone or of several, and nothing is left of them", async () => {
  const url = ssh.url(`${git.directory}/whole.git`);
  const [one, several] = await Promise.all([
    files("--ssh", `default=${ssh.key}`, url),
    files("--ssh", `default=${keys.join("pem")},${ssh.key}`, `${url}#next:server`),
  ]);
  expect([one("part/inside"), several("file")]).toEqual(["of a part", "2"]);
  expect(readdirSync(temporary.path)).toEqual([]);
});

test("what is wrong is said", async () => {
  const url = `${git.url}/whole.git`;
  const over = ssh.url(`${git.directory}/whole.git`);
  const said = await Promise.all([
    failure(`${url}#no-such-ref`),
    failure(`${url}#main:nowhere`),
    failure(`${git.url}/none.git`),
    failure(`${url}?ref=main&checksum=${"0".repeat(40)}`),
    failure(over),
    failure("--ssh", `default=${keys.join("locked")}`, over),
    failure("--ssh", `default=${keys.path}`, over),
  ]);
  expect(said).toEqual([
    expect.stringContaining("repository does not contain ref no-such-ref"),
    expect.stringContaining('subdirectory "nowhere" not found'),
    expect.stringMatching(/git ls-remote of .*none\.git failed: .*not found/),
    expect.stringContaining("expected checksum to match"),
    expect.stringMatching(/git ls-remote of ssh:.* failed: .*Permission denied/),
    expect.stringMatching(/failed to read ssh key .*locked/),
    expect.stringContaining("neither the socket"),
  ]);
});

test("a repository that wants a password is shown the token of the request", async () => {
  const url = `${git.url}/whole.git`;
  git.password = "token";
  expect(await failure(url)).toMatch(/could not read Username|Authentication failed/);
  const secret = keys.join("token");
  writeFileSync(secret, "token\n");
  const built = await files("--secret", `id=GIT_AUTH_TOKEN,src=${secret}`, `${url}#next:server`);
  expect(built("file")).toBe("2");
});
