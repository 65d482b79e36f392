import { describe, expect, test } from "bun:test";
import { parsePlatform } from "../../oci/platform.ts";
import { Annotations } from "./annotations.ts";

const [amd64, arm64] = [parsePlatform("linux/amd64"), parsePlatform("linux/arm64")];

describe("annotations", () => {
  test("are the manifest's unless they say otherwise", () => {
    const annotations = new Annotations({ a: "1", "index,manifest-descriptor:b": "2", "manifest:c:d": "3" });
    expect(annotations.at("manifest", amd64)).toEqual({ a: "1", "c:d": "3" });
    expect(annotations.at("index")).toEqual({ b: "2" });
    expect(annotations.at("manifest-descriptor", arm64)).toEqual({ b: "2" });
    expect(annotations.at("index-descriptor")).toBeUndefined();
    expect([annotations.areNone, new Annotations({}).areNone]).toEqual([false, true]);
  });

  test("can be of some platforms", () => {
    const annotations = new Annotations({
      "manifest[linux/amd64],manifest-descriptor[linux/arm64]:a": "1",
      "manifest[linux/arm64]:b": "2",
    });
    expect(annotations.at("manifest", amd64)).toEqual({ a: "1" });
    expect(annotations.at("manifest", arm64)).toEqual({ b: "2" });
    expect(annotations.at("manifest-descriptor", amd64)).toBeUndefined();
    expect(() => annotations.check([amd64, arm64])).not.toThrow();
    expect(() => annotations.check([amd64])).toThrow("no platform linux/arm64 found in source");
  });

  test("of an index need one", () => {
    for (const key of ["index:a", "index-descriptor:a"]) {
      const annotations = new Annotations({ [key]: "1" });
      expect(() => annotations.check([amd64])).toThrow(
        "index annotations not supported for single platform export",
      );
      expect(() => annotations.check([amd64, arm64])).not.toThrow();
    }
  });

  test.each([
    ["image:a", 'unknown annotation type "image"'],
    ["org.example:a", 'invalid annotation type "org.example"'],
    ["manifest[linux/amd64:a", "expected type and optional platform in square brackets"],
  ])("%s is none", (key, message) => {
    expect(() => new Annotations({ [key]: "" })).toThrow(message);
  });
});
