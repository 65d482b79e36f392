import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { Folder } from "../../support/folder.ts";
import { HangingFolder } from "../../support/hanging-folder.ts";
import { withEngine } from "../../support/suite.ts";

let hanging: HangingFolder;
/* Before the engine: where mounts are not shared between namespaces it does not see later ones. */
beforeAll(async () => {
  hanging = await HangingFolder.mount();
}, 30_000);
const fixture = withEngine();
afterAll(() => hanging[Symbol.asyncDispose](), 30_000);

test("a mount that does not answer costs a copy a clear error, and nobody else anything", async () => {
  const { engine } = fixture;
  using folder = new Folder();
  const id = (await engine.slipway(["create", "-v", `${hanging.path}:/remote`, "busybox"])).stdout.trim();
  const start = performance.now();
  // The place of the mount is there once the container's files were looked at.
  await engine.slipway(["cp", `${id}:/etc/passwd`, folder.join("before")]);
  hanging.hang();
  writeFileSync(folder.join("f"), "x");
  const stuck = Promise.all([
    engine.slipway(["cp", `${id}:/remote/file`, folder.path]),
    engine.docker(["cp", `${id}:/remote/file`, folder.path]),
    engine.slipway(["cp", folder.join("f"), `${id}:/remote/f`]),
  ]);
  expect((await engine.slipway(["cp", `${id}:/etc/passwd`, folder.join("passwd")])).stderr).toBe("");
  expect((await engine.docker(["cp", folder.join("f"), `${id}:/f`])).stderr).toBe("");
  expect((await engine.slipway(["ps", "-a", "-q", "--no-trunc"])).stdout).toContain(id);
  for (const { code, stderr } of await stuck) {
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("did not answer within") });
  }
  expect(performance.now() - start).toBeLessThan(60_000);
  await engine.slipway(["rm", id]);
}, 90_000);
