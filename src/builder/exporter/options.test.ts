import { describe, expect, test } from "bun:test";
import type { BuildRequest } from "../../api/build.ts";
import { familiarReference } from "../../oci/reference.ts";
import { imageOptions, namesOf } from "./options.ts";

const request: BuildRequest = { Dockerfile: { Name: "Dockerfile" }, Contexts: [], Annotations: { a: "1" } };
const options = (Attributes: Record<string, string>, place: "store" | "registry" | "archive" = "store") =>
  imageOptions(request, { Type: "image", Attributes }, place);

describe("options of an image", () => {
  test("layers are packed where they leave this host", () => {
    expect(options({}).compression).toBe("uncompressed");
    expect(options({}, "archive").compression).toBe("gzip");
    expect(options({}, "registry")).toMatchObject({ compression: "gzip", packed: true });
    expect(
      options({ compression: "zstd", "force-compression": "true", "compression-level": "7" }),
    ).toMatchObject({ compression: "zstd", force: true, level: 7 });
    expect(() => options({ compression: "lz4" })).toThrow("use uncompressed, gzip, zstd");
    expect(() => options({ "compression-level": "high" })).toThrow("non-integer value high");
  });

  test("annotations come from the request and from the output", () => {
    const { annotations } = options({ "annotation.b": "2", "annotation-index.c": "3", "annotation-x": "4" });
    expect(annotations.at("manifest")).toEqual({ a: "1", b: "2" });
    expect(annotations.at("index")).toEqual({ c: "3" });
  });
});

test("a name is the last target's, unless it names another one", () => {
  const names = (target: string, isLast: boolean) =>
    namesOf(["app", "test=check:1", "host:5000/app:2"], target, isLast).map(familiarReference);
  expect(names("final", true)).toEqual(["app:latest", "host:5000/app:2"]);
  expect(names("test", false)).toEqual(["check:1"]);
  expect(names("other", false)).toEqual([]);
});
