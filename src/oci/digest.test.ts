import { expect, test } from "bun:test";
import { chainID, chainIDs, type Digest, digestOf, hexOf, isDigest, parseDigest } from "./digest.ts";

const empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("a digest is checked and taken apart", () => {
  expect(digestOf("")).toBe(empty);
  expect(parseDigest(empty)).toBe(empty);
  expect(hexOf(empty)).toHaveLength(64);
  for (const wrong of ["", "sha256:", "sha256:AB", empty.slice(0, -1), empty.toUpperCase(), `${empty}\n`]) {
    expect(isDigest(wrong)).toBe(false);
    expect(() => parseDigest(wrong)).toThrow("invalid digest");
  }
});

test("chain IDs follow the image specification", () => {
  const [a, b, c] = ["a", "b", "c"].map(digestOf) as [Digest, Digest, Digest];
  const ab = digestOf(`${a} ${b}`);
  expect(chainIDs([a, b, c])).toEqual([a, ab, digestOf(`${ab} ${c}`)]);
  expect(chainID([a])).toBe(a);
  expect(chainID([])).toBeUndefined();
});
