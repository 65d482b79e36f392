/* Pull, push, login, search and distribution as HTTP has them, over a backend in memory. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ProgressMessage } from "../api/index.ts";
import type { ImageVerbs } from "../engine/backend.ts";
import { forbidden, notFound, unauthorized, unavailable } from "../errors/index.ts";
import { eventually, startTestServer, type TestServer } from "./testing/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const digest = `sha256:${"1".repeat(64)}`;
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const send = (method: string, url: string, auth?: string) =>
  server.fetch(url, { method, headers: auth === undefined ? {} : { "X-Registry-Auth": auth } });
const message = async (response: Response) => ((await response.json()) as { message: string }).message;

describe("pull", () => {
  test.each([
    ["fromImage=app&tag=v1", { ref: "app:v1" }],
    ["fromImage=app%3Av1", { ref: "app:v1" }],
    ["fromImage=app%3Av1&tag=v2", { ref: "app:v2" }],
    [`fromImage=app%3Av1&tag=${digest}`, { ref: `app@${digest}` }],
    [`fromImage=app@${digest}&tag=v1`, { ref: `app:v1@${digest}` }],
    ["fromImage=docker.io/library/app&tag=v1", { ref: "app:v1" }],
    ["fromImage=reg.example:5000/app", { ref: "reg.example:5000/app", allTags: true }],
    ["fromImage=app:", { ref: "app", allTags: true }],
    ["fromImage=app&tag=v1&platform=arm64", { ref: "app:v1", platform: "linux/arm64" }],
    ["fromImage=app&tag=v1&platform=linux/arm/v7", { ref: "app:v1", platform: "linux/arm/v7" }],
  ])("%s", async (query, options) => {
    const response = await send("POST", `/images/create?${query}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(`{"status":"Pulling ${options.ref}"}\r\n`);
    expect(server.backend.images.last).toEqual(options);
  });

  test("a platform is no matter of versions before 1.32", async () => {
    await send("POST", "/v1.31/images/create?fromImage=app&tag=v1&platform=linux/arm64");
    expect(server.backend.images.last).toEqual({ ref: "app:v1" });
  });

  test.each([
    ["fromImage=APP&tag=x", 400, "must be lowercase"],
    ["fromImage=app&tag=-x", 400, "invalid tag format"],
    ["fromImage=scratch&tag=x", 403, "'scratch' is a reserved name"],
    ["fromImage=app&tag=x&platform=a/b/c/d", 400, "is an invalid platform"],
    ["", 400, "fromImage"],
  ])("%s is %d", async (query, status, text) => {
    const response = await send("POST", `/images/create?${query}`);
    expect(response.status).toBe(status);
    expect(await message(response)).toContain(text);
  });

  test.each([
    [404, notFound("manifest unknown")],
    [401, unauthorized("authentication required")],
    [403, forbidden("denied")],
    [503, unavailable("no answer")],
  ])("a failure before the first message is a status: %d", async (status, error) => {
    using _ = replacing(async () => {
      throw error;
    });
    const response = await send("POST", "/images/create?fromImage=app&tag=x");
    expect(response.status).toBe(status);
    expect(await message(response)).toBe(error.message);
  });

  test("docker's command line gets no 401, at which it would wait for a person", async () => {
    using _ = replacing(async () => {
      throw unauthorized("no basic auth credentials");
    });
    const headers = { "User-Agent": "Docker-Client/28.2.2 (linux)" };
    const response = await server.fetch("/images/create?fromImage=app&tag=x", { method: "POST", headers });
    expect([response.status, await message(response)]).toEqual([500, "no basic auth credentials"]);
  });

  test("a later failure is the last message, and messages are sent one by one", async () => {
    const release = Promise.withResolvers<void>();
    using _ = replacing(async () =>
      (async function* (): AsyncGenerator<ProgressMessage> {
        yield { status: "Pulling fs layer", id: "a" };
        await release.promise;
        throw unavailable("the registry hung up");
      })(),
    );
    const client = server.open();
    client.send("POST /images/create?fromImage=app&tag=x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    expect(await client.until("Pulling fs layer")).toStartWith("HTTP/1.1 200 OK\r\n");
    release.resolve();
    await client.until('{"errorDetail":{"message":"the registry hung up"},"error":"the registry hung up"}');
    client.destroy();
  });

  test("a client that goes away aborts it", async () => {
    let seen: AbortSignal | undefined;
    using _ = replacing(async (_options, signal) => {
      seen = signal;
      return (async function* (): AsyncGenerator<ProgressMessage> {
        yield { status: "begun" };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      })();
    });
    const client = server.open();
    client.send("POST /images/create?fromImage=app&tag=x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    await client.until("begun");
    client.destroy();
    await eventually(() => seen?.aborted === true, "the signal's abort");
  });
});

describe("push", () => {
  test.each([
    ["app/push?tag=v1", { ref: "app:v1" }],
    ["app/push", { ref: "app", allTags: true }],
    ["app:v1/push", { ref: "app:v1" }],
    ["reg.example:5000/team/app/push?tag=v1", { ref: "reg.example:5000/team/app:v1" }],
    [
      `app/push?tag=v1&platform=${encodeURIComponent('{"os":"linux","architecture":"arm","variant":"v7"}')}`,
      { ref: "app:v1", platform: "linux/arm/v7" },
    ],
  ])("%s", async (path, options) => {
    const response = await send("POST", `/images/${path}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ aux: { Tag: "latest", Digest: digest, Size: 1 } });
    expect(server.backend.images.last).toEqual(options);
  });

  test.each([
    [`app@${digest}/push`, "a digest is what a push results in"],
    [`app@${digest}/push?tag=v1`, "digest"],
    ["app/push?tag=v1&platform=linux/arm64", "invalid platform"],
    [`app/push?tag=v1&platform=${encodeURIComponent('{"os":"linux"}')}`, "both OS and Architecture"],
  ])("%s is refused", async (path, text) => {
    const response = await send("POST", `/images/${path}`);
    expect(response.status).toBe(400);
    expect(await message(response)).toContain(text);
  });
});

describe("X-Registry-Auth", () => {
  const pulls = (auth: string) => send("POST", "/images/create?fromImage=app&tag=x", auth);
  // Encoded, it has characters in which the alphabets differ, and padding.
  const odd = { username: "ann", password: "s??>>~~ÿ" };

  test.each([
    ["base64url", base64url(odd), odd],
    ["the standard alphabet with padding", Buffer.from(JSON.stringify(odd)).toString("base64"), odd],
    ["nothing", "", undefined],
    ["an empty object", "e30=", undefined],
    ["null", base64url(null), undefined],
    ["an address alone", base64url({ serveraddress: "r.example", username: "" }), undefined],
    ["an identity token", base64url({ identitytoken: "t", username: "" }), { identitytoken: "t" }],
    [
      "auth",
      base64url({ auth: Buffer.from("ann:a:b").toString("base64") }),
      { username: "ann", password: "a:b" },
    ],
  ])("%s", async (_what, header, auth) => {
    expect((await pulls(header)).status).toBe(200);
    expect(server.backend.images.last).toEqual({ ref: "app:x", ...(auth === undefined ? {} : { auth }) });
  });

  test.each([
    ["a b", "base64url"],
    [Buffer.from("{").toString("base64url"), "must hold JSON"],
    [base64url([]), "must be an object"],
    [base64url({ username: 1 }), "username must be a string"],
    [base64url({ auth: "AAAA" }), '"auth" must be username:password'],
  ])("%s is 400", async (header, text) => {
    const response = await pulls(header);
    expect(response.status).toBe(400);
    expect(await message(response)).toContain(text);
  });
});

describe("asking registries", () => {
  const login = (body: string) => server.fetch("/auth", { method: "POST", body });

  test("login answers the status and the token, or the refusal", async () => {
    const good = await login('{"username":"ann","password":"secret","serveraddress":"r.example","auth":""}');
    expect(await good.json()).toEqual({ Status: "Login Succeeded", IdentityToken: "" });
    expect(server.backend.registries.last).toEqual({
      ...{ username: "ann", password: "secret", serveraddress: "r.example" },
    });
    const bad = await login('{"username":"ann","password":"wrong"}');
    expect([bad.status, await message(bad)]).toEqual([401, "wrong password"]);
    expect((await login("")).status).toBe(400);
  });

  test("distribution has the name in its path", async () => {
    const auth = { username: "ann", password: "secret" };
    const response = await send("GET", "/distribution/r.example:5000/team/app/json", base64url(auth));
    expect(await response.json()).toMatchObject({ Descriptor: { digest } });
    expect(server.backend.registries.last).toEqual({ ref: "r.example:5000/team/app:latest", auth });
    const pinned = await send("GET", `/distribution/app@${digest}/json`);
    expect(pinned.status).toBe(200);
    expect(server.backend.registries.last).toEqual({ ref: `app@${digest}`, auth: undefined });
    expect((await send("GET", "/distribution/APP/json")).status).toBe(400);
  });

  test("search has a term, a limit and filters", async () => {
    const filters = encodeURIComponent('{"stars":["3"]}');
    const found = await send("GET", `/images/search?term=deb&limit=5&filters=${filters}`);
    expect(await found.json()).toMatchObject([{ name: "deb" }]);
    expect(server.backend.registries.last).toEqual({ limit: 5, filters: { stars: ["3"] } });
  });

  test.each([
    ["", "'term' cannot be empty"],
    ["term=x&limit=101", "limit 101 is outside the range of [1, 100]"],
    ["term=x&limit=-1", "limit -1 is outside the range of [1, 100]"],
    ["term=x&limit=many", "not an integer"],
    ["term=https://x", "should not have a scheme"],
  ])("search?%s is refused", async (query, text) => {
    const response = await send("GET", `/images/search?${query}`);
    expect(response.status).toBe(400);
    expect(await message(response)).toContain(text);
  });
});

/** Lets pulls do something else until the end of the block. */
function replacing(pull: ImageVerbs["pull"]): Disposable {
  const images: ImageVerbs = server.backend.images;
  const own = images.pull;
  images.pull = pull;
  return {
    [Symbol.dispose]() {
      images.pull = own;
    },
  };
}
