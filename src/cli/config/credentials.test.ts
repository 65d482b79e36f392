import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentialsFor, eraseCredentials, keepCredentials } from "./credentials.ts";
import { type ConfigValues, load } from "./file.ts";
import { hubKey } from "./registry-key.ts";

let directory: string;
const { PATH, DOCKER_AUTH_CONFIG } = process.env;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "credentials-"));
  process.env.PATH = `${directory}:${PATH}`;
});
afterEach(() => {
  process.env.PATH = PATH;
  if (DOCKER_AUTH_CONFIG === undefined) delete process.env.DOCKER_AUTH_CONFIG;
  else process.env.DOCKER_AUTH_CONFIG = DOCKER_AUTH_CONFIG;
  rmSync(directory, { recursive: true });
});

const base64 = (text: string) => Buffer.from(text).toString("base64");
const ann = { auth: base64("ann:se:cret") };

function configured(values: ConfigValues) {
  writeFileSync(join(directory, "config.json"), JSON.stringify(values));
  return load(directory);
}

const written = (): ConfigValues => JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));

/** A helper that keeps what it is given in a file, and says so when it has nothing. */
function installHelper(name = "test"): string {
  const kept = join(directory, `${name}.json`);
  writeFileSync(
    join(directory, `docker-credential-${name}`),
    `#!/bin/sh
case $1 in
  store) cat > ${kept} ;;
  get) read -r server
    grep -qs "\\"$server\\"" ${kept} && cat ${kept} && exit 0
    echo "credentials not found in native keychain"; exit 1 ;;
  erase) rm -f ${kept} ;;
esac
`,
  );
  chmodSync(join(directory, `docker-credential-${name}`), 0o755);
  return kept;
}

describe("a file", () => {
  test.each([
    ["r.example", "r.example"],
    ["r.example:5000", "r.example:5000"],
    ["r.example", "https://r.example"],
    ["r.example", "https://r.example/v2/"],
    ["r.example", "r.example/v1"],
    ["docker.io", hubKey],
    ["docker.io", "docker.io"],
    ["docker.io", "https://index.docker.io/v1"],
  ])("has the login of %s under %s", async (domain, key) => {
    const file = configured({ auths: { other: { auth: base64("x:y") }, [key]: ann } });
    expect(await credentialsFor(file, domain)).toEqual({
      username: "ann",
      password: "se:cret",
      serveraddress: domain === "docker.io" ? hubKey : domain,
    });
  });

  test.each([
    ["another port", "r.example:5000", "r.example", {}],
    ["a longer name", "r.example", "my.r.example", {}],
  ])("%s is another registry", async (_what, asked, key) => {
    expect(await credentialsFor(configured({ auths: { [key]: ann } }), asked)).toBeUndefined();
  });

  test("the key itself comes before one that means the same", async () => {
    const file = configured({ auths: { "https://r.example": { auth: base64("old:x") }, "r.example": ann } });
    expect(await credentialsFor(file, "r.example")).toMatchObject({ username: "ann" });
  });

  test("tokens come along, and an entry without anything is none", async () => {
    const token = { auth: base64("ann:"), identitytoken: "refresh", registrytoken: "bearer" };
    expect(await credentialsFor(configured({ auths: { "r.example": token } }), "r.example")).toEqual({
      ...{ username: "ann", password: "", identitytoken: "refresh", registrytoken: "bearer" },
      serveraddress: "r.example",
    });
    expect(await credentialsFor(configured({ auths: { "r.example": {} } }), "r.example")).toBeUndefined();
  });

  test("what is no name and password is an error", async () => {
    const file = configured({ auths: { "r.example": { auth: base64("nothing") } } });
    await expect(credentialsFor(file, "r.example")).rejects.toThrow('invalid "auth" for r.example');
  });

  test("a login is kept beside the others, warned of, and forgotten", async () => {
    const file = configured({ auths: { other: ann }, psFormat: "x" });
    const login = { username: "bob", password: "pass" };
    expect(await keepCredentials(file, "r.example", login)).toEqual({
      unencryptedIn: join(directory, "config.json"),
    });
    expect(written()).toEqual({
      auths: { other: ann, "r.example": { auth: base64("bob:pass") } },
      psFormat: "x",
    });
    expect(await credentialsFor(load(directory), "r.example")).toMatchObject(login);
    await eraseCredentials(file, "r.example");
    await eraseCredentials(file, "never.example");
    expect(written().auths).toEqual({ other: ann });
  });

  test("an identity token is kept instead of the password, without a warning", async () => {
    const file = configured({ auths: {}, credsStore: "" });
    expect(await keepCredentials(file, "r.example", { username: "bob", identitytoken: "t" })).toEqual({});
    expect(written().auths).toEqual({ "r.example": { auth: base64("bob:"), identitytoken: "t" } });
  });
});

describe("a helper", () => {
  test("gets, keeps and forgets; the file only says that there is something", async () => {
    const kept = installHelper();
    const file = configured({ credsStore: "test" });
    expect(await credentialsFor(file, "r.example")).toBeUndefined();
    const login = { username: "bob", password: "pass" };
    expect(await keepCredentials(file, "r.example", login)).toEqual({});
    expect(written()).toEqual({ credsStore: "test", auths: { "r.example": {} } });
    expect(await credentialsFor(file, "r.example")).toEqual({ ...login, serveraddress: "r.example" });
    await eraseCredentials(file, "r.example");
    expect(existsSync(kept)).toBe(false);
    expect(written()).toEqual({ credsStore: "test", auths: {} });
  });

  test("an identity token goes under the name <token>", async () => {
    const kept = installHelper();
    const file = configured({ credHelpers: { "r.example": "test" } });
    await keepCredentials(file, "r.example", { username: "bob", identitytoken: "t" });
    expect(JSON.parse(readFileSync(kept, "utf8"))).toEqual({
      ...{ ServerURL: "r.example", Username: "<token>", Secret: "t" },
    });
    expect(await credentialsFor(file, "r.example")).toEqual({
      ...{ identitytoken: "t", serveraddress: "r.example" },
    });
    expect(written().credsStore).toBeUndefined();
  });

  test("of one registry comes before the one of all; an empty name means the file", async () => {
    installHelper("one");
    const values = { credsStore: "all", credHelpers: { "r.example": "one", "s.example": "" } };
    expect(await credentialsFor(configured(values), "r.example")).toBeUndefined();
    expect(
      await credentialsFor(configured({ ...values, auths: { "s.example": ann } }), "s.example"),
    ).toMatchObject({ username: "ann" });
    await expect(credentialsFor(configured(values), "t.example")).rejects.toThrow(
      "docker-credential-all, which the client's configuration names, is not on the PATH",
    );
  });

  test("that fails or answers nonsense is named", async () => {
    const answering = (script: string) => {
      writeFileSync(join(directory, "docker-credential-odd"), `#!/bin/sh\n${script}\n`);
      chmodSync(join(directory, "docker-credential-odd"), 0o755);
      return credentialsFor(configured({ credsStore: "odd" }), "r.example");
    };
    await expect(answering("echo locked; exit 3")).rejects.toThrow(
      "docker-credential-odd could not get credentials: locked",
    );
    await expect(answering("echo hello")).rejects.toThrow("docker-credential-odd did not answer with JSON");
    await expect(answering("echo {}")).rejects.toThrow('without "Username" and "Secret"');
  });
});

describe("the environment", () => {
  test("comes first for the registries that it has", async () => {
    process.env.DOCKER_AUTH_CONFIG = JSON.stringify({
      auths: { "https://r.example": { auth: base64("env:x") } },
    });
    const file = configured({ auths: { "r.example": ann, "s.example": ann } });
    expect(await credentialsFor(file, "r.example")).toMatchObject({ username: "env" });
    expect(await credentialsFor(file, "s.example")).toMatchObject({ username: "ann" });
    process.env.DOCKER_AUTH_CONFIG = '{"auths":{"r.example":{}}}';
    await expect(credentialsFor(file, "r.example")).rejects.toThrow("DOCKER_AUTH_CONFIG must be");
  });
});
