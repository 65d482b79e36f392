import { expect, test } from "bun:test";
import { proxyFor } from "./proxy.ts";

const http = "http://proxy.example:3128";
const https = "https://proxy.example:3129";

test("the scheme decides which proxy is asked", () => {
  expect(proxyFor(new URL("http://registry.example/"), { http, https })).toBe(http);
  expect(proxyFor(new URL("https://registry.example/"), { http, https })).toBe(https);
  expect(proxyFor(new URL("https://registry.example/"), { http })).toBeUndefined();
  expect(proxyFor(new URL("http://registry.example/"), { http: "proxy:80" })).toBe("http://proxy:80");
});

test.each(["http://localhost:5000", "http://127.0.0.9", "http://[::1]:5000"])(
  "%s is reached without",
  (url) => {
    expect(proxyFor(new URL(url), { http })).toBeUndefined();
  },
);

test.each([
  ["*", "http://registry.example", true],
  ["registry.example", "http://registry.example", true],
  ["registry.example", "http://eu.registry.example", true],
  ["registry.example", "http://otherregistry.example", false],
  [".registry.example", "http://eu.registry.example", true],
  [".registry.example", "http://registry.example", false],
  ["*.registry.example", "http://eu.registry.example", true],
  ["registry.example:5000", "http://registry.example:5000", true],
  ["registry.example:5000", "http://registry.example", false],
  ["registry.example:80", "http://registry.example", true],
  ["a.example, REGISTRY.example ,", "http://registry.example", true],
  ["10.0.0.0/8", "http://10.1.2.3:5000", true],
  ["10.0.0.0/8", "http://11.1.2.3:5000", false],
  ["10.1.2.3", "http://10.1.2.3:5000", true],
  ["10.1.2.3:80", "http://10.1.2.3:5000", false],
  ["fd00::/8", "http://[fd00::5]:5000", true],
  ["fd00::5", "http://[fd00::5]:5000", true],
  ["[fd00::5]:5000", "http://[fd00::5]:5000", true],
])("no-proxy %p and %s: %p", (none, url, without) => {
  expect(proxyFor(new URL(url), { http, none })).toBe(without ? undefined : http);
});
