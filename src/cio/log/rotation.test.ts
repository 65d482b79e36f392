import { afterAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../../os/testing.ts";
import { compressRotated, shiftFiles } from "./rotation.ts";

afterAll(removeScratch);

test("a rotation that comes as a compressed file takes its place loses neither", async () => {
  const directory = scratchDirectory("rotation");
  const log = join(directory, "log");
  for (let round = 0; round < 20; round++) {
    writeFileSync(`${log}.1`, "older");
    writeFileSync(log, "newer");
    let asked = 0;
    await compressRotated(() => {
      // The second time it is asked where the compressed file is to go.
      if (++asked === 2) queueMicrotask(() => shiftFiles(log, 4));
      return `${log}.1`;
    });
    expect(readdirSync(directory).sort()).toEqual(["log.1", "log.2.gz"]);
    expect(readFileSync(`${log}.1`, "utf8")).toBe("newer");
    expect(Bun.gunzipSync(readFileSync(`${log}.2.gz`)).length).toBe("older".length);
    for (const name of ["log.1", "log.2.gz"]) await Bun.file(join(directory, name)).delete();
  }
});
