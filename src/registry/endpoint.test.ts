import { expect, test } from "bun:test";
import { endpointsOf } from "./endpoint.ts";
import { isInsecure } from "./insecure.ts";
import { ruleFor } from "./rules.ts";
import { plainSettings } from "./testing/index.ts";

const endpoints = (domain: string, rules: (typeof plainSettings)["rules"]) =>
  endpointsOf(domain, { ...plainSettings, rules });

test("docker.io answers at another name", () => {
  expect(endpoints("docker.io", {})).toEqual([{ host: "registry-1.docker.io", prefix: "", isMirror: false }]);
});

test("mirrors come first, in their order", () => {
  const rules = { "quay.io": { mirrors: ["https://one.example/", "two.example:5000/quay/all/"] } };
  expect(endpoints("quay.io", rules)).toEqual([
    { host: "one.example", prefix: "", scheme: "https", isMirror: true },
    { host: "two.example:5000", prefix: "quay/all/", isMirror: true },
    { host: "quay.io", prefix: "", isMirror: false },
  ]);
});

test("a registry can be elsewhere, or nowhere", () => {
  expect(endpoints("quay.io", { "quay.io": { rewrite: "cache.example/quay" } })).toEqual([
    { host: "cache.example", prefix: "quay/", isMirror: false },
  ]);
  expect(endpoints("quay.io", { "quay.io": { rewrite: "cache.example", insecure: true } })).toEqual([
    { host: "cache.example", prefix: "", isMirror: false, insecure: true },
  ]);
  expect(() => endpoints("quay.io", { "quay.io": { blocked: true } })).toThrow("quay.io is blocked");
});

test.each(["", "ftp://a.example", "user:pw@a.example", "a.example?x", "a b"])("%p is no mirror", (mirror) => {
  expect(() => endpoints("quay.io", { "quay.io": { mirrors: [mirror] } })).toThrow("invalid mirror");
});

test("the longest pattern below which a domain is counts", () => {
  const rules = { "*.example": { insecure: true }, "*.b.example": { insecure: false }, "x.b.example": {} };
  expect(ruleFor("a.example", rules)).toBe(rules["*.example"]);
  expect(ruleFor("a.b.example", rules)).toBe(rules["*.b.example"]);
  expect(ruleFor("x.b.example", rules)).toBe(rules["x.b.example"]);
  expect(ruleFor("example", rules)).toBeUndefined();
});

test.each([
  ["localhost:5000", [], true],
  ["127.3.2.1:5000", [], true],
  ["[::1]:5000", [], true],
  ["10.1.2.3:5000", [], false],
  ["10.1.2.3:5000", ["10.0.0.0/8"], true],
  ["10.1.2.3:5000", ["10.1.2.3:5000"], true],
  ["10.1.2.3:5000", ["10.1.2.3:5001"], false],
  ["[fd00::7]:5000", ["fd00::/16"], true],
])("%s with %j may be insecure: %p", async (host, insecure, may) => {
  expect(await isInsecure(host, { ...plainSettings, insecure })).toBe(may);
});
