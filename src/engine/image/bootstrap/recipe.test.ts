import { describe, expect, test } from "bun:test";
import { familiarReference } from "../../../oci/reference.ts";
import type { BootstrapOptions } from "../../backend.ts";
import { parseRecipe, type SuiteRecipe } from "./recipe.ts";

const recipeOf = (options: BootstrapOptions) => parseRecipe(options) as SuiteRecipe;

describe("parseRecipe", () => {
  test.each([
    ["debian", "stable", "minbase"],
    ["debian:bookworm", "bookworm", "minbase"],
    ["debian:12", "bookworm", "minbase"],
    ["debian:13-slim", "trixie", "slim"],
    ["debian:sid-slim", "sid", "slim"],
    ["docker.io/library/debian:stable", "stable", "minbase"],
    ["ubuntu:24.04", "noble", "minbase"],
    ["ubuntu:22.04", "jammy", "minbase"],
    ["ubuntu", "resolute", "minbase"],
    ["ubuntu:noble-slim", "noble", "slim"],
  ])("%s is the suite %s as %s", (ref, suite, variant) => {
    expect(recipeOf({ ref })).toMatchObject({ base: "suite", suite, variant });
    expect(familiarReference(recipeOf({ ref }).reference)).toBe(
      familiarReference(recipeOf({ ref, tag: ref }).reference),
    );
  });

  test("the image has the name that is asked for", () => {
    const { reference, suite } = recipeOf({ ref: "debian:12", tag: "registry.example/base" });
    expect([familiarReference(reference), suite]).toEqual(["registry.example/base:latest", "bookworm"]);
    expect(parseRecipe({ ref: "busybox", tag: "tools:1" })).toMatchObject({
      base: "busybox",
      reference: { path: "library/tools", tag: "1" },
    });
  });

  test("packages count once and in one order", () => {
    const { include } = recipeOf({ ref: "debian:12", include: ["libstdc++6,curl", "adduser", "curl"] });
    expect(include).toEqual(["adduser", "curl", "libstdc++6"]);
  });

  test("a mirror ends in a slash", () => {
    expect(recipeOf({ ref: "debian:12", mirror: "http://m.example/debian" }).mirror).toBe(
      "http://m.example/debian/",
    );
    expect(recipeOf({ ref: "debian:12" })).not.toHaveProperty("mirror");
  });

  const digest = `sha256:${"0".repeat(64)}`;
  test.each<[BootstrapOptions, string]>([
    [{ ref: "fedora:40" }, "cannot bootstrap fedora:40: busybox, debian:SUITE and ubuntu:SUITE can be made"],
    [{ ref: "constructor" }, "cannot bootstrap constructor:latest: busybox, debian:SUITE"],
    [{ ref: "registry.example/debian:12" }, "cannot bootstrap registry.example/debian:12"],
    [{ ref: "debian:3.1" }, '"3.1" is no Debian suite: use for example debian:bookworm'],
    [{ ref: "ubuntu:../etc" }, "invalid reference format"],
    [{ ref: "debian:12", variant: "huge" }, "invalid variant: huge (use one of minbase, slim, buildd)"],
    [
      { ref: "debian:12-slim", variant: "buildd" },
      "debian:12-slim names the variant slim, and buildd is asked",
    ],
    [{ ref: "debian:12", include: ["curl,--exclude=apt"] }, 'invalid name of a package: "--exclude=apt"'],
    [{ ref: "debian:12", include: [""] }, 'invalid name of a package: ""'],
    [{ ref: "debian:12", mirror: "/srv/debian" }, "invalid mirror: http://HOST/PATH or https://HOST/PATH"],
    [{ ref: "debian:12", mirror: "http://ann:secret@m.example/debian" }, "would be readable in each image"],
    [{ ref: "debian:12", mirror: "http://m.example/a b" }, "no query, fragment or space"],
    [{ ref: "busybox", variant: "slim" }, "busybox is taken from the host as it is: variant does not apply"],
    [{ ref: "busybox", include: ["curl"] }, "include does not apply"],
    [{ ref: `debian@${digest}` }, "an image that is made has no digest yet"],
    [{ ref: "debian:12", tag: `x@${digest}` }, "an image that is made has no digest yet"],
  ])("%j is refused", (options, message) => {
    expect(() => parseRecipe(options)).toThrow(message);
  });
});
