import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namedContext, sourceOf } from "./context.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "build-context-")));
const context = join(folder, "context");
mkdirSync(join(context, "sub"), { recursive: true });
symlinkSync(context, join(folder, "link"));
const put = (path: string, text: string) => writeFileSync(join(folder, path), text);
put("context/Dockerfile", "FROM a");
put("context/sub/other", "FROM b");
put("context/sub/other.dockerignore", "*");
put("outside", "FROM c");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a directory", () => {
  test("has its Dockerfile in it, by whatever path it is reached", async () => {
    const { dockerfile, contexts } = await sourceOf(join(folder, "link"), "");
    expect(dockerfile).toEqual({ Name: "Dockerfile", Text: "FROM a" });
    expect(contexts).toMatchObject([{ Name: "context", Kind: "directory", Path: context }]);
  });

  test("may have another one, with rules of its own, or one from outside", async () => {
    const named = await sourceOf(context, join(context, "sub/other"));
    expect(named.dockerfile).toEqual({ Name: "sub/other", Text: "FROM b", Ignore: "*" });
    const { dockerfile } = await sourceOf(context, join(folder, "outside"));
    expect(dockerfile).toEqual({ Name: "outside", Text: "FROM c" });
  });

  test("leaves it to the engine to miss a Dockerfile that is to be in it", async () => {
    const { dockerfile } = await sourceOf(context, join(context, "none"));
    expect(dockerfile).toEqual({ Name: "none" });
    await expect(sourceOf(context, join(folder, "none"))).rejects.toThrow("failed to read dockerfile: open");
    await expect(sourceOf(context, join(context, "sub"))).rejects.toThrow("is a directory");
  });

  test("must be one", async () => {
    await expect(sourceOf(join(folder, "none"), "")).rejects.toThrow(/path ".*none" not found/);
    await expect(sourceOf(join(folder, "outside"), "")).rejects.toThrow("is not a directory");
    await expect(sourceOf("-", "-")).rejects.toThrow("can't use stdin for both");
  });
});

test.each([
  ["https://h/r.git", "git"],
  ["https://h/r.git#main:sub", "git"],
  ["https://h/r.git?branch=main&subdir=sub", "git"],
  ["https://h/archive.tar.gz", "http"],
  ["https://h/archive?from=r.git", "http"],
  ["http://h/Dockerfile#.git", "http"],
  ["git@h:r", "git"],
  ["git://h/r", "git"],
  ["ssh://u@h:22/r", "git"],
  ["github.com/a/b", "git"],
] as const)("the URL %s is of %s", async (url, kind) => {
  const { contexts } = await sourceOf(url, "");
  expect(contexts).toEqual([{ Name: "context", Kind: kind, URL: url }]);
  expect(namedContext(`n=${url}`)).toEqual({ Name: "n", Kind: kind, URL: url });
});

describe("a named context", () => {
  test("is an image, a layout with what is meant of it, or a directory", () => {
    expect(namedContext("n=docker-image://a:1")).toEqual({ Name: "n", Kind: "image", Reference: "a:1" });
    const layout = { Name: "n", Kind: "oci-layout", Path: context };
    expect(namedContext(`n=oci-layout://${context}`)).toMatchObject(layout);
    expect(namedContext(`n=oci-layout://${context}:tag`)).toMatchObject({ ...layout, Reference: "tag" });
    const digest = `sha256:${"0".repeat(64)}`;
    expect(namedContext(`n=oci-layout://${context}:tag@${digest}`)).toMatchObject({ Reference: digest });
    expect(namedContext(`n=${context}`)).toMatchObject({ Kind: "directory", Path: context });
  });

  test.each(["n", "n=", "=v"])("%s is none", (text) => {
    expect(() => namedContext(text)).toThrow(`invalid context value: ${text}, expected key=value`);
  });

  test("that is not there is told by its name", () => {
    expect(() => namedContext(`n=${folder}/none`)).toThrow("failed to get build context n: path");
  });
});
