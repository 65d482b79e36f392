import { describe, expect, test } from "bun:test";
import { credentialsOf } from "./credentials.ts";
import { domainOf, splitTerm } from "./domain.ts";
import { searchFilter } from "./search.ts";

test.each([
  [undefined, "docker.io"],
  ["", "docker.io"],
  ["https://index.docker.io/v1/", "docker.io"],
  ["registry-1.docker.io", "docker.io"],
  ["docker.io", "docker.io"],
  ["registry.example:5000", "registry.example:5000"],
  ["https://registry.example/v2/", "registry.example"],
])("credentials for %p are those of %s", (address, domain) => {
  expect(domainOf(address)).toBe(domain);
});

test.each([
  ["busybox", "docker.io", "busybox"],
  ["library/busybox", "docker.io", "busybox"],
  ["team/app", "docker.io", "team/app"],
  ["docker.io/team/app", "docker.io", "team/app"],
  ["quay.io/team/app", "quay.io", "team/app"],
  ["localhost/app", "localhost", "app"],
])("the term %s is searched at %s", (term, domain, rest) => {
  expect(splitTerm(term)).toEqual({ domain, rest });
});

describe("credentials", () => {
  const encoded = (text: string) => Buffer.from(text).toString("base64");

  test("are given by name, together, or as tokens", () => {
    expect(credentialsOf(undefined)).toEqual({});
    expect(credentialsOf({ username: "a", password: "b" })).toEqual({ username: "a", password: "b" });
    expect(credentialsOf({ auth: encoded("a:b:c") })).toEqual({ username: "a", password: "b:c" });
    expect(credentialsOf({ username: "", identitytoken: "t" })).toEqual({ identityToken: "t" });
    expect(credentialsOf({ registrytoken: "t" })).toEqual({ registryToken: "t" });
  });

  test("that cannot be read are an error", () => {
    expect(() => credentialsOf({ auth: encoded("nobody") })).toThrow("invalid credentials");
  });
});

describe("a search's filters", () => {
  const hit = { name: "app", description: "", stars: 5, official: true, automated: false };

  test("choose by stars and by who made it", () => {
    expect(searchFilter({})(hit)).toBe(true);
    expect(searchFilter({ stars: ["5", "3"] })(hit)).toBe(true);
    expect(searchFilter({ stars: ["6"] })(hit)).toBe(false);
    expect(searchFilter({ "is-official": ["true"] })(hit)).toBe(true);
    expect(searchFilter({ "is-official": ["false"] })(hit)).toBe(false);
    expect(searchFilter({ "is-automated": ["true"] })(hit)).toBe(false);
  });

  test.each([
    [{ stars: ["many"] }, "invalid filter 'stars=many'"],
    [{ "is-official": ["maybe"] }, "invalid filter 'is-official"],
    [{ colour: ["red"] }, "invalid filter 'colour'"],
  ])("%j", (filters, message) => expect(() => searchFilter(filters)).toThrow(message));
});
