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
  ["test_com", "docker.io/library/test_com", "test_com"],
  ["test.com:5000", "docker.io/library/test.com:5000", "test.com:5000"],
  ["docker.io/library/team/app", "docker.io/library/team/app", "library/team/app"],
  ["index.docker.io/app", "docker.io/library/app", "app"],
  ["foo_bar.com:8080", "docker.io/library/foo_bar.com:8080", "foo_bar.com:8080"],
  ["Uppercase/lower", "Uppercase/lower", "Uppercase/lower"],
  ["lower:Uppercase", "docker.io/library/lower:Uppercase", "lower:Uppercase"],
  ["a-b.example/bar/baz/quux:some-long_tag.1", "a-b.example/bar/baz/quux:some-long_tag.1", undefined],
  [
    "b.gcr.io/test.example.com/my-app:test.example.com",
    "b.gcr.io/test.example.com/my-app:test.example.com",
    undefined,
  ],
  ["xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com/myimage:xn--n3h.com", undefined],
  ["192.168.1.1/repo", "192.168.1.1/repo", undefined],
  ["192.168.1.1:5000/repo:5050", "192.168.1.1:5000/repo:5050", undefined],
  ["[2001:db8::1]/repo", "[2001:db8::1]/repo", undefined],
  ["[2001:db8:1:2:3:4:5:6]:5000/repo:tag", "[2001:db8:1:2:3:4:5:6]:5000/repo:tag", undefined],
  ["a---b/c__d", "docker.io/a---b/c__d", "a---b/c__d"],
  [`test:5000/repo:tag@${digest}`, `test:5000/repo:tag@${digest}`, undefined],
  [
    `${"a/".repeat(127)}a:tag-beyond-the-name`,
    `docker.io/${"a/".repeat(127)}a:tag-beyond-the-name`,
    `${"a/".repeat(127)}a:tag-beyond-the-name`,
  ],
  [`busybox@${digest}`, `docker.io/library/busybox@${digest}`, `busybox@${digest}`],
  [`busybox:1@${digest}`, `docker.io/library/busybox:1@${digest}`, `busybox:1@${digest}`],
])("%s is completed and made familiar again", (text, complete, familiar) => {
  const reference = parseReference(text);
  expect(formatReference(reference)).toBe(complete);
  expect(familiarReference(reference)).toBe(familiar ?? complete);
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
  "a___b/c",
  ".a",
  "a..b",
  "aa/asdf$$^/aa",
  "a/b/",
  "/a",
  "@sha256:ab",
  `@${digest}`,
  `a@${digest}@${digest}`,
  `a@${digest}:tag`,
  `a:${"t".repeat(129)}`,
  "a:-t",
  "a:.t",
  "a\n",
  "[2001:db8::1]",
  "[2001:db8::1]:5000",
  "[fe80::1%eth0]:5000/repo",
  "2001:db8::1/repo",
  "[::1/repo",
  "host:port/repo",
  "-host.example/repo",
  "repo@sha256:f00",
  "repo@:ffffffffffffffffffffffffffffffff",
])("%p is no reference", (text) => expect(() => parseReference(text)).toThrow("invalid reference format"));

test("some mistakes are told in words of their own", () => {
  expect(() => parseReference("BusyBox")).toThrow("repository name (library/BusyBox) must be lowercase");
  expect(() => parseReference("ab".repeat(32))).toThrow("cannot specify 64-byte hexadecimal strings");
  expect(() => parseReference("a".repeat(256))).toThrow("must not be more than 255 characters");
  expect(() => parseReference(`${"a/".repeat(128)}a`)).toThrow("must not be more than 255 characters");
  expect(() => parseReference("test:5000/Uppercase/lower:t")).toThrow("(Uppercase/lower) must be lowercase");
});

test.each([
  [`repo@sha256:${"f".repeat(34)}`, "invalid checksum digest length"],
  [`repo@sha256:${"F".repeat(64)}`, "invalid checksum digest format"],
  [`repo@sha512:${"f".repeat(128)}`, "unsupported digest algorithm: sha512"],
  [`repo@md5:${"f".repeat(32)}`, "unsupported digest algorithm: md5"],
])("%s has a digest that cannot be checked", (text, message) => {
  expect(() => parseReference(text)).toThrow(message);
});

test("a tag may be given apart and is latest otherwise", () => {
  expect(familiarReference(parseRepositoryAndTag("app", "v1"))).toBe("app:v1");
  expect(familiarReference(parseRepositoryAndTag("app"))).toBe("app:latest");
  expect(familiarReference(withDefaultTag(parseReference("app:v2")))).toBe("app:v2");
  expect(familiarName(parseReference("app:v2"))).toBe("app");
  expect(() => parseRepositoryAndTag("app", "a/b")).toThrow("invalid tag format");
});
