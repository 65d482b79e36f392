import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseMountInfo } from "../../src/os/mountinfo.ts";
import { GlusterServer } from "../support/file-servers/gluster.ts";
import { optionFlags, remoteVolumeTests } from "../support/file-servers/vanishing.ts";
import { throughBoth, uniqueName, withEngine } from "../support/suite.ts";

const fixture = withEngine();
let server: GlusterServer;
beforeAll(async () => {
  server = await GlusterServer.start();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

const isMounted = (name: string) =>
  parseMountInfo(readFileSync(`/proc/${fixture.engine.pid}/mountinfo`, "utf8")).some(
    ({ target }) => target === join(fixture.engine.dataRoot, "volumes", name, "_data"),
  );

throughBoth("volumes of GlusterFS:", fixture, (line) => {
  const { call, ok } = line;
  remoteVolumeTests(line, () => server, isMounted);

  test("a volume that the server does not have is refused with the program's words", async () => {
    const options = { ...server.options, device: server.options.device?.replace("/store", "/none") ?? "" };
    const name = await ok(["volume", "create", ...optionFlags(options), uniqueName("gluster")]);
    const { code, stderr } = await call(["run", "--rm", "-v", `${name}:/x:nocopy`, "busybox", "true"]);
    expect(code).toBe(125);
    expect(stderr).toContain("failed to fetch volume file");
    await ok(["volume", "rm", name]);
  });
});
