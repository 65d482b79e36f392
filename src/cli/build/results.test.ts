import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildResult, BuildTargetResult, BuildWarning } from "../../api/index.ts";
import { warningLines, writeResults } from "./results.ts";

const folder = mkdtempSync(join(tmpdir(), "build-results-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digest = `sha256:${"a".repeat(64)}`;
const target = (Target: string, more: Partial<BuildTargetResult> = {}): BuildTargetResult => ({
  ...{ Target, ImageID: `id of ${Target}`, Digest: digest, ConfigDigest: digest, Names: [`${Target}:1`] },
  ...more,
});
const warning = { short: Buffer.from("Rule: text (line 1)").toString("base64") } as BuildWarning;

/** Both files, as programs read them. */
function written(result: BuildResult): { id: string; metadata: unknown } {
  const [iidfile, metadata] = [join(folder, "iid"), join(folder, "metadata")];
  writeResults(result, "ID", { iidfile, metadata });
  return { id: readFileSync(iidfile, "utf8"), metadata: JSON.parse(readFileSync(metadata, "utf8")) };
}

describe("what a build leaves for programs", () => {
  test("is of its image", () => {
    expect(written({ Targets: [target("a", { Names: ["a:1", "a:2"] })], Warnings: [warning] })).toEqual({
      id: "id of a",
      metadata: {
        "buildx.build.ref": "default/default/ID",
        "containerimage.config.digest": digest,
        "containerimage.digest": digest,
        "image.name": "a:1,a:2",
      },
    });
  });

  test("is of each target where there are several, and the id is the last one's", () => {
    const { id, metadata } = written({ Targets: [target("a"), target("b")], Warnings: [] });
    expect([id, Object.keys(metadata as object)]).toEqual(["id of b", ["a", "b"]]);
  });

  test("is little where no image was made", () => {
    const none: BuildTargetResult = { Target: "a", Names: [] };
    expect(written({ Targets: [none], Warnings: [] })).toEqual({
      id: "",
      metadata: { "buildx.build.ref": "default/default/ID" },
    });
  });

  test("that cannot be written is told with its place", () => {
    const results = { iidfile: join(folder, "none", "iid"), metadata: "" };
    expect(() => writeResults({ Targets: [], Warnings: [] }, "ID", results)).toThrow(
      `the image is built, but cannot write ${results.iidfile}: `,
    );
  });
});

test("warnings are a line each", () => {
  expect(warningLines([])).toBe("");
  expect(warningLines([warning])).toBe("\n 1 warning found:\n - Rule: text (line 1)\n");
  expect(warningLines([warning, warning])).toStartWith("\n 2 warnings found:\n");
});
