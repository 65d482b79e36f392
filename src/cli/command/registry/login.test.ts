import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terminal } from "../../../../test/support/terminal.ts";
import { startTestServer, type TestServer } from "../../../server/testing/server.ts";

const slipway = [process.execPath, join(import.meta.dir, "..", "..", "..", "main.ts")];
let server: TestServer;
let directory: string;
beforeEach(async () => {
  server = await startTestServer();
  directory = mkdtempSync(join(tmpdir(), "login-"));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const argv = (args: string[]) => [...slipway, "--config", directory, "-H", server.host, ...args];
const path = () => join(directory, "config.json");
const auths = () => JSON.parse(readFileSync(path(), "utf8")).auths;
const base64 = (text: string) => Buffer.from(text).toString("base64");

async function run(args: string[], stdin = "") {
  const child = Bun.spawn(argv(args), { stdin: Buffer.from(stdin), stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, stdout, stderr };
}

test("the password comes from stdin, without its line end, and is kept with a warning", async () => {
  const result = await run(["login", "-u", "ann", "--password-stdin", "r.example"], "secret\r\n");
  expect(result).toMatchObject({ status: 0, stdout: "Login Succeeded\n" });
  expect(result.stderr).toContain(`WARNING! Your credentials are stored unencrypted in '${path()}'.`);
  expect(auths()).toEqual({ "r.example": { auth: base64("ann:secret") } });
  expect((await run(["logout", "r.example"])).stdout).toBe("Removing login credentials for r.example\n");
  expect(auths()).toEqual({});
});

test("a refused login is told and not kept", async () => {
  const result = await run(["login", "-u", "ann", "-p", "wrong", "r.example"]);
  expect(result).toMatchObject({ status: 1, stdout: "" });
  expect(result.stderr).toContain("WARNING! Using --password via the CLI is insecure");
  expect(result.stderr).toContain("Error response from daemon: wrong password");
  expect(existsSync(path())).toBe(false);
});

test("an identity token is kept instead of the password", async () => {
  server.backend.registries.login = async () => ({ Status: "Login Succeeded", IdentityToken: "refresh" });
  const result = await run(["login", "-u", "ann", "--password-stdin"], "secret");
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(auths()).toEqual({
    "https://index.docker.io/v1/": { auth: base64("ann:"), identitytoken: "refresh" },
  });
});

test.each([
  [["-p", "x", "--password-stdin", "-u", "ann"], "cannot specify both --password and --password-stdin"],
  [["--password-stdin"], "requires --username to be set"],
  [["-u", "", "-p", "x"], "username is empty"],
  [["-u", "ann", "-p", ""], "password is empty"],
  [["-u", "ann", "-p", "-"], "password is empty"],
  [["-u", "ann"], "cannot perform an interactive login from a non-TTY device"],
  [[], "cannot perform an interactive login from a non-TTY device"],
])("login %p: %s", async (args, text) => {
  const { status, stderr } = await run(["login", ...args]);
  expect([status, stderr]).toEqual([1, expect.stringContaining(text)]);
});

test("a person is asked, and the password is not shown", async () => {
  using terminal = new Terminal(argv(["login", "r.example"]));
  await terminal.shows("Username: ");
  terminal.type("ann\n");
  await terminal.shows("Password: ");
  terminal.type("secret\n");
  await terminal.shows("Login Succeeded");
  expect(await terminal.exited()).toBe(0);
  expect(terminal.output).not.toContain("secret");
  expect(auths()).toEqual({ "r.example": { auth: base64("ann:secret") } });
});

test("a login that is kept is tried first; when it is refused the person is asked", async () => {
  writeFileSync(path(), JSON.stringify({ auths: { "r.example": { auth: base64("ann:old") } } }));
  using terminal = new Terminal(argv(["login", "r.example"]));
  await terminal.shows("Stored credentials invalid or expired");
  await terminal.shows("Username (ann): ");
  terminal.type("\n");
  await terminal.shows("Password: ");
  terminal.type("secret\n");
  expect(await terminal.exited()).toBe(0);
  const again = await run(["login", "r.example"]);
  expect(again).toMatchObject({ status: 0, stdout: "Login Succeeded\n" });
  expect(again.stderr).toContain("Authenticating with existing credentials... [Username: ann]");
});

test("Ctrl-C at the password ends it and gives the terminal its echo back", async () => {
  using terminal = new Terminal([
    "sh",
    "-c",
    'trap : INT; "$@"; echo "status $?"; stty -a',
    "sh",
    ...argv(["login", "-u", "ann"]),
  ]);
  await terminal.shows("Password: ");
  terminal.type("\x03");
  await terminal.shows("status 130");
  await terminal.shows(/[ ;]echo /);
});
