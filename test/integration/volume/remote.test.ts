import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseMountInfo } from "../../../src/os/mountinfo.ts";
import { sleeping } from "../../support/containers.ts";
import { SshServer } from "../../support/file-servers/ssh.ts";
import { optionFlags, remoteVolumeTests } from "../../support/file-servers/vanishing.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

const isMounted = (name: string) =>
  parseMountInfo(readFileSync(`/proc/${fixture.engine.pid}/mountinfo`, "utf8")).some(
    ({ target }) => target === join(fixture.engine.dataRoot, "volumes", name, "_data"),
  );

throughBoth("volumes over sshfs:", fixture, (line) => {
  const { call, ok } = line;
  const make = (options: Record<string, string>) =>
    ok(["volume", "create", ...optionFlags(options), uniqueName("ssh")]);

  remoteVolumeTests(line, () => server, isMounted);

  test("the program's own words say why a server cannot be mounted", async () => {
    const { options } = server;
    const known = await server.strangersKey();
    const wrong: [Record<string, string>, string][] = [
      [{ ...options, device: "127.0.0.1:/none/such" }, "No such file or directory"],
      [server.optionsWith({ UserKnownHostsFile: known }), "Host key verification failed"],
      [server.optionsWith({ port: "1" }), "Connection refused"],
    ];
    for (const [given, words] of wrong) {
      const name = await make(given);
      const { code, stderr } = await call(["run", "--rm", "-v", `${name}:/x:nocopy`, "busybox", "true"]);
      expect(code).toBe(125);
      expect(stderr).toContain("failed to mount local volume: mount 127.0.0.1:");
      expect(stderr).toContain(words);
      expect(isMounted(name)).toBe(false);
      await ok(["volume", "rm", name]);
    }
  });

  test("after a server died, containers get errors, and new ones a new connection", async () => {
    writeFileSync(join(server.directory, "file"), "served\n");
    const name = await make(server.options);
    await using old = await sleeping(line, "-v", `${name}:/data`);
    expect((await old.exec("cat /data/file")).stdout).toBe("served\n");
    await server.kill();
    try {
      expect((await old.exec("cat /data/file")).stderr).toMatch(/not connected|I\/O error|aborted/);
      const refused = await call(["run", "--rm", "-v", `${name}:/data`, "busybox", "true"]);
      expect(refused.stderr).toContain("Connection refused");
    } finally {
      await server.start();
    }
    expect(await ok(["run", "--rm", "-v", `${name}:/data`, "busybox", "cat", "/data/file"])).toBe("served");
    await ok(["restart", "-t", "0", old.name]);
    expect((await old.exec("cat /data/file")).stdout).toBe("served\n");
    await ok(["rm", "-f", old.name]);
    await ok(["volume", "rm", name]);
  });
});
