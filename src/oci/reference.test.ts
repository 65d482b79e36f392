import { expect, test } from "bun:test";
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  parseRepositoryAndTag,
  withDefaultTag,
} from "./reference.ts";

const digest = `sha256:${"ab".repeat(32)}`;

test.each([
  ["busybox", "docker.io/library/busybox", "busybox"],
  ["busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36"],
  ["user/app", "docker.io/user/app", "user/app"],
  ["docker.io/busybox", "docker.io/library/busybox", "busybox"],
  ["index.docker.io/library/busybox", "docker.io/library/busybox", "busybox"],
  ["localhost/app", "localhost/app", "localhost/app"],
  ["localhost:5000/a/b:t", "localhost:5000/a/b:t", "localhost:5000/a/b:t"],
  ["[::1]:5000/a", "[::1]:5000/a", "[::1]:5000/a"],
  ["registry.example/a__b/c-d.e", "registry.example/a__b/c-d.e", "registry.example/a__b/c-d.e"],
  [`busybox@${digest}`, `docker.io/library/busybox@${digest}`, `busybox@${digest}`],
  [`busybox:1@${digest}`, `docker.io/library/busybox:1@${digest}`, `busybox:1@${digest}`],
])("%s is completed and made familiar again", (text, complete, familiar) => {
  const reference = parseReference(text);
  expect(formatReference(reference)).toBe(complete);
  expect(familiarReference(reference)).toBe(familiar);
  expect(parseReference(complete)).toEqual(reference);
});

test.each([
  "",
  ":tag",
  "a:",
  "a//b",
  "-a",
  "a-",
  "a/../b",
  "a:t:u",
  "a@sha256:12",
  "a b",
  "https://a/b",
  "a_.b",
])("%p is no reference", (text) => expect(() => parseReference(text)).toThrow("invalid reference format"));

test("some mistakes are told in words of their own", () => {
  expect(() => parseReference("BusyBox")).toThrow("repository name (library/BusyBox) must be lowercase");
  expect(() => parseReference("ab".repeat(32))).toThrow("cannot specify 64-byte hexadecimal strings");
  expect(() => parseReference("a".repeat(256))).toThrow("must not be more than 255 characters");
});

test("a tag may be given apart and is latest otherwise", () => {
  expect(familiarReference(parseRepositoryAndTag("app", "v1"))).toBe("app:v1");
  expect(familiarReference(parseRepositoryAndTag("app"))).toBe("app:latest");
  expect(familiarReference(withDefaultTag(parseReference("app:v2")))).toBe("app:v2");
  expect(familiarName(parseReference("app:v2"))).toBe("app");
  expect(() => parseRepositoryAndTag("app", "a/b")).toThrow("invalid tag format");
});
