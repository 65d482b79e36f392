import { afterAll, describe, expect, test } from "bun:test";
import { SlipwayError } from "../../../errors/index.ts";
import { distributions } from "./distributions.ts";
import { findKeyring } from "./keyring.ts";
import { chooseMirrors, servedSuites } from "./mirrors.ts";
import { parseRecipe, type SuiteRecipe } from "./recipe.ts";
import { suiteRecipe } from "./testing.ts";

const suites = ["debian/dists/bookworm/InRelease", "debian-security/dists/bookworm-security/Release"];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: ({ url }) => {
    const path = new URL(url).pathname;
    if (path.startsWith("/broken/")) return new Response("no", { status: 503 });
    return new Response(null, { status: suites.includes(path.slice(1)) ? 200 : 404 });
  },
});
afterAll(() => server.stop(true));
const mirror = `${server.url}debian/`;
const idle = new AbortController().signal;

const failureOf = async (work: Promise<unknown>): Promise<SlipwayError> => {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(SlipwayError);
  return error;
};

describe("mirrors", () => {
  test("what is asked for wins over what is configured", async () => {
    const asked = parseRecipe({ ref: "debian:12", mirror: "http://asked.example/debian" }) as SuiteRecipe;
    const settings = { mirror: "http://set.example/debian/" };
    expect(await chooseMirrors(asked, settings)).toEqual({
      main: "http://asked.example/debian/",
      security: "http://asked.example/debian-security/",
    });
    expect(await chooseMirrors(suiteRecipe("ubuntu:24.04"), settings)).toEqual({
      main: "http://set.example/debian/",
      security: "http://set.example/debian/",
    });
  });

  test("what is served besides the suite is taken, too", async () => {
    const recipe = suiteRecipe("debian:12");
    const mirrors = { main: mirror, security: `${server.url}debian-security/` };
    expect(await servedSuites(recipe, mirrors, idle)).toEqual([
      { mirror, suite: "bookworm" },
      { mirror: mirrors.security, suite: "bookworm-security" },
    ]);
  });

  test("a suite that is not there, a mirror that fails and one that is not there are errors", async () => {
    const served = (ref: string, main: string) =>
      failureOf(servedSuites(suiteRecipe(ref), { main, security: main }, idle));
    expect(await served("debian:trixie", mirror)).toMatchObject({
      kind: "notFound",
      message: `Debian has no suite "trixie" at ${mirror}`,
    });
    const broken = `${server.url}broken/`;
    expect(await served("debian:12", broken)).toMatchObject({ kind: "unavailable" });
    expect((await served("debian:12", broken)).message).toStartWith(`the mirror ${broken} answers 503`);
    const refused = "http://127.0.0.1:1/debian/";
    expect((await served("ubuntu:24.04", refused)).message).toBe(
      `cannot reach the mirror ${refused}: connection refused`,
    );
  });

  test("a request that is given up is no failure of the mirror", async () => {
    const gone = AbortSignal.abort(new Error("the client went away"));
    const work = servedSuites(suiteRecipe("debian:12"), { main: mirror, security: mirror }, gone);
    expect(work).rejects.toThrow("the client went away");
  });
});

describe("keyrings", () => {
  const { ubuntu, debian } = distributions;

  test("one that is named is the only one", async () => {
    expect(await findKeyring(debian!, { keyring: import.meta.path })).toBe(import.meta.path);
    const error = await failureOf(findKeyring(debian!, { keyring: "/nowhere.gpg" }));
    expect(error.kind).toBe("unavailable");
    expect(error.message).toContain("debian-keyring /nowhere.gpg cannot be read");
  });

  test("without one the package that brings it is named", async () => {
    const error = await failureOf(findKeyring({ ...ubuntu!, keyring: "nowhere" }, {}));
    expect(error.message).toBe(
      "Ubuntu's archive cannot be verified: install the package ubuntu-keyring, or name a file with its keys in the engine's option ubuntu-keyring",
    );
  });
});
