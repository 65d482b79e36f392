import { expect, test } from "bun:test";
import { familiarName, parseReference } from "../../../oci/reference.ts";
import { canonicalName, domainAndPath, repositoryFor } from "./names.ts";

test.each([
  ["app", "app"],
  ["user/app", "user/app"],
  ["my.app", "my.app"],
  ["library/a/b", "library/a/b"],
  ["registry.example/team/app", "registry.example/team/app"],
  ["registry.example:5000/app", "registry.example_5000/app"],
  ["127.0.0.1:5000/app", "127.0.0.1_5000/app"],
  ["localhost/app", "localhost/app"],
  ["registry:5000/app", "registry_5000/app"],
])("%s is offered as %s, and back", (local, repository) => {
  const reference = parseReference(local);
  expect(repositoryFor(reference)).toBe(repository);
  const place = domainAndPath(repository);
  expect(place && familiarName(place)).toBe(local);
});

test.each(["[::1]:5000/app", "REGISTRY/app", "a_5/app"])("%s is not offered", (local) => {
  expect(repositoryFor(parseReference(local))).toBeUndefined();
});

test.each([
  ["library/app", "app"],
  ["docker.io/app", "app"],
  ["docker.io/library/app", "app"],
  ["index.docker.io/user/app", "user/app"],
])("%s means %s", (repository, canonical) => {
  expect(canonicalName(repository)).toBe(canonical);
});

test.each([
  "",
  "App",
  "a//b",
  "/a",
  "a/",
  "a b",
  "a:1",
  "-a",
  "a..b",
  "a".repeat(256),
  "a".repeat(64),
  "../a",
])("%p is no repository", (text) => {
  expect(canonicalName(text)).toBeUndefined();
});
