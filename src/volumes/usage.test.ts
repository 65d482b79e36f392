import { afterAll, expect, test } from "bun:test";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../os/testing.ts";
import { diskUsage } from "./index.ts";

afterAll(removeScratch);

test("files count once however often they are linked, directories do not", async () => {
  const root = scratchDirectory("usage");
  expect(await diskUsage(root)).toBe(0);
  mkdirSync(join(root, "a b"));
  writeFileSync(join(root, "a b", "one\nline"), "12345");
  linkSync(join(root, "a b", "one\nline"), join(root, "again"));
  expect(await diskUsage(root)).toBe(5);
});
