import { expect, test } from "bun:test";
import { linkSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskUsage } from "./index.ts";

test("files count once however often they are linked, directories do not", async () => {
  const root = mkdtempSync(join(tmpdir(), "slipway-usage-"));
  expect(await diskUsage(root)).toBe(0);
  mkdirSync(join(root, "a b"));
  writeFileSync(join(root, "a b", "one\nline"), "12345");
  linkSync(join(root, "a b", "one\nline"), join(root, "again"));
  expect(await diskUsage(root)).toBe(5);
});
