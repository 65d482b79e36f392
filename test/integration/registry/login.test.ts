import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TestRegistry } from "../../support/registry.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start({ users: { ann: "secret" } });
}, 60_000);
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

const config = () => join(fixture.engine.root, "docker-config", "config.json");
const auths = () => JSON.parse(readFileSync(config(), "utf8")).auths as Record<string, unknown>;
beforeEach(() => rmSync(config(), { force: true }));

throughBoth("a registry with passwords", fixture, ({ name: line, call, ok }) => {
  const login = () => ok(["login", "-u", "ann", "--password-stdin", registry.host], { stdin: "secret\n" });

  test("lets in who has logged in, until the logout", async () => {
    const image = `${registry.host}/${uniqueName("private")}:1`;
    await ok(["tag", "busybox", image]);
    const refused = await call(["push", image]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("no basic auth credentials");
    expect(await login()).toContain("Login Succeeded");
    await ok(["push", image]);
    await ok(["rmi", image]);
    expect(await ok(["pull", "-q", image])).toBe(image);
    expect(await ok(["logout", registry.host])).toBe(`Removing login credentials for ${registry.host}`);
    expect(auths()).toEqual({});
    const again = await call(["pull", image]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("Error response from daemon: no basic auth credentials");
  });

  test("keeps nobody's login whom it refuses", async () => {
    const wrong = await call(["login", "-u", "ann", "--password-stdin", registry.host], { stdin: "guess" });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).not.toContain("Login Succeeded");
    expect(wrong.stderr).toContain("401");
    expect(existsSync(config()) ? auths() : {}).toEqual({});
  });

  test("takes the login that the other command line has kept", async () => {
    await login();
    const image = `${registry.host}/${uniqueName("shared")}:1`;
    const other = line === "slipway" ? fixture.engine.docker : fixture.engine.slipway;
    must(await fixture.engine.slipway(["tag", "busybox", image]));
    must(await other.call(fixture.engine, ["push", "-q", image]));
    expect(must(await other.call(fixture.engine, ["login", registry.host])).stdout).toContain(
      "Login Succeeded",
    );
    must(await other.call(fixture.engine, ["logout", registry.host]));
    expect((await call(["push", image])).code).toBe(1);
  });

  test("is asked with the login when run and create pull", async () => {
    const image = `${registry.host}/${uniqueName("pulled")}:1`;
    await login();
    await ok(["tag", "busybox", image]);
    await ok(["push", image]);
    await ok(["rmi", image]);
    expect(await ok(["run", "--rm", image, "echo", "hello"])).toBe("hello");
  });
});

test("the API answers who has not logged in with 401, before it begins to stream", async () => {
  const pull = `/images/create?fromImage=${encodeURIComponent(`${registry.host}/x`)}&tag=1`;
  const response = await fixture.engine.fetch(pull, { method: "POST" });
  expect(response.status).toBe(401);
  const auth = Buffer.from(JSON.stringify({ username: "ann", password: "secret" })).toString("base64url");
  const known = await fixture.engine.fetch(pull, { method: "POST", headers: { "X-Registry-Auth": auth } });
  expect([known.status, await known.json()]).toEqual([
    404,
    { message: expect.stringContaining("not found") },
  ]);
  const body = { username: "ann", password: "guess", serveraddress: registry.host };
  const login = await fixture.engine.fetch("/auth", { method: "POST", body: JSON.stringify(body) });
  expect(login.status).toBe(401);
});
