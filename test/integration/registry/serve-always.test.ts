import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { TestEngine } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { freePort, htpasswd } from "../../support/registry.ts";
import { must } from "../../support/suite.ts";

setDefaultTimeout(120_000);

test("an engine serves its images as long as it runs, and takes pushes of its users", async () => {
  using folder = new Folder();
  const host = `127.0.0.1:${await freePort()}`;
  writeFileSync(folder.join("users"), await htpasswd({ alice: "wonder:land" }));
  const served = { listen: host, htpasswd: folder.join("users"), prefixes: ["team"], writable: true };
  writeFileSync(folder.join("daemon.json"), JSON.stringify({ "registry-serve": served }));
  const engine = await TestEngine.start({ flags: [`--config-file=${folder.join("daemon.json")}`] });
  const other = await TestEngine.start();
  const env = { DOCKER_CONFIG: folder.join("config") };
  try {
    must(await other.slipway(["image", "bootstrap", "busybox"]));
    const name = `${host}/team/app:1`;
    must(await other.slipway(["tag", "busybox", name]));
    expect((await other.slipway(["push", name], { env })).stderr).toContain("no basic auth credentials");
    must(
      await other.slipway(["login", "-u", "alice", "--password-stdin", host], { env, stdin: "wonder:land" }),
    );
    must(await other.slipway(["push", "-q", name], { env }));
    expect(must(await engine.slipway(["images", "--format", "{{.Repository}}:{{.Tag}}"])).stdout).toBe(
      "team/app:1\n",
    );

    await engine.terminate();
    expect((await other.slipway(["pull", name], { env })).stderr).toContain("connection refused");
    await engine.start();
    must(await other.slipway(["rmi", name]));
    must(await other.slipway(["pull", "-q", name], { env }));
  } finally {
    await engine.dispose();
    await other.dispose();
  }
});

test("what cannot be served keeps an engine from starting", async () => {
  const engine = await TestEngine.start();
  try {
    for (const [message, ...flags] of [
      ["refusing to serve 0.0.0.0:0 without TLS", "--registry-listen=0.0.0.0:0"],
      ["cannot serve images: ENOENT", "--registry-listen=127.0.0.1:0", "--registry-htpasswd=/no/such"],
      ["registry-writable is for the engine's registry, which is not served", "--registry-writable"],
    ] as const) {
      await engine.terminate();
      await expect(engine.start([...flags])).rejects.toThrow(message);
      await engine.start();
    }
  } finally {
    await engine.dispose();
  }
});
