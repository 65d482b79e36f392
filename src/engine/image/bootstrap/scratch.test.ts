import { expect, test } from "bun:test";
import { readdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { testRooms } from "../testing.ts";
import { bootstrapPrefix, scratchDirectory } from "./scratch.ts";

test("a directory in use looks as new as it is, whatever is unpacked over it, and goes whole", async () => {
  await using rooms = await testRooms();
  const found = () => readdirSync(rooms.dataRoot).filter((name) => name.startsWith(bootstrapPrefix));
  const before = Date.now();
  {
    await using scratch = await scratchDirectory(rooms.dataRoot);
    utimesSync(scratch.path, 0, 0);
    const [name = ""] = found();
    // File systems have the time of the last tick.
    expect(statSync(join(rooms.dataRoot, name)).mtimeMs).toBeGreaterThan(before - 1000);
  }
  expect(found()).toEqual([]);
});
