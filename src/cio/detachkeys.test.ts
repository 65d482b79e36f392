import { describe, expect, test } from "bun:test";
import { DEFAULT_DETACH_KEYS, DetachKeys, parseDetachKeys } from "./detachkeys.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

describe("detach keys", () => {
  test.each([
    [DEFAULT_DETACH_KEYS, [16, 17]],
    ["ctrl-a,x", [1, 120]],
    ["ctrl-@,ctrl-_,DEL", [0, 31, 127]],
    ["ctrl-[,ctrl-\\,ctrl-]", [27, 28, 29]],
  ])("%s are the bytes %j", (keys, bytes) => {
    expect([...parseDetachKeys(keys)]).toEqual(bytes);
  });

  test.each(["", "ctrl-", "ctrl-A", "ctrl-ab", "xy", "ctrl-p,,x", "é"])("%j is invalid", (keys) => {
    expect(() => parseDetachKeys(keys)).toThrow("invalid detach keys");
  });

  test.each([
    [["ab\x10\x11cd"], "ab", true],
    [["ab\x10", "\x11"], "ab", true],
    [["\x10", "x", "\x10\x10\x11"], "\x10x\x10", true],
    [["\x10\x10x"], "\x10\x10x", false],
    [["\x10"], "", false],
  ])("in %j pass on %j, detached: %p", (chunks, output, detached) => {
    const keys = new DetachKeys(parseDetachKeys(DEFAULT_DETACH_KEYS));
    let passed = "";
    let found = false;
    for (const chunk of chunks) {
      const result = keys.push(Buffer.from(chunk, "latin1"));
      passed += text(result.output);
      found = result.detached;
    }
    expect([passed, found]).toEqual([output, detached]);
  });
});
