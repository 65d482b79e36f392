import { expect, test } from "bun:test";
import { cpus, hostname, totalmem } from "node:os";
import { command, dockerPath, slipwayPath } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("version and info:", fixture, (line) => {
  const { call, ok } = line;

  test("version tells client and server", async () => {
    const output = await ok(["version"]);
    expect(output).toMatch(/^Client:/);
    expect(output).toMatch(/^Server:/m);
    expect(output).toMatch(/^ {1,2}API version: +1\.\d+/m);
    expect(
      await ok(["version", "-f", "{{.Server.APIVersion}} {{.Server.MinAPIVersion}} {{.Server.Os}}"]),
    ).toBe("1.51 1.24 linux");
    const json = JSON.parse(await ok(["version", "-f", "json"]));
    expect(json.Server.ApiVersion).toBe("1.51");
    expect(json.Client.Os).toBe("linux");
  });

  test("info tells counts and the host", async () => {
    const info = JSON.parse(await ok(["info", "-f", "json"]));
    expect(info).toMatchObject({
      Containers: 0,
      Images: 1,
      Driver: expect.stringMatching(/overlay/),
      DockerRootDir: fixture.engine.dataRoot,
      LoggingDriver: "json-file",
      NCPU: cpus().length,
      MemTotal: totalmem(),
      Name: hostname(),
      OSType: "linux",
      IndexServerAddress: expect.any(String),
      Swarm: { LocalNodeState: "inactive" },
      DefaultRuntime: "crun",
    });
    expect(Object.keys(info.Runtimes)).toContain("crun");
    const text = await ok(["info"]);
    expect(text).toContain("Containers: 0");
    expect(text).toMatch(/^ *Logging Driver: json-file$/m);
    const id = await ok(["create", "busybox"]);
    expect(await ok(["info", "-f", "{{.Containers}} {{.ContainersRunning}} {{.ContainersStopped}}"])).toBe(
      "1 0 1",
    );
    await ok(["rm", id]);
    expect(await ok(["system", "info", "-f", "{{.Containers}}"])).toBe("0");
  });

  test("a socket with nobody behind it is one clear line", async () => {
    using folder = new Folder();
    const program = line.name === "slipway" ? slipwayPath : dockerPath;
    const result = await command([program, "-H", `unix://${folder.join("none.sock")}`, "ps"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(folder.join("none.sock"));
    expect(result.stderr).toMatch(/Cannot connect to the .*|failed to connect/);
  });

  test("unknown commands and flags are named", async () => {
    const unknown = await call(["nonsense"]);
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toContain("nonsense");
    const flag = await call(["ps", "--nonsense"]);
    expect(flag.code).toBe(125);
    expect(flag.stderr).toContain("unknown flag: --nonsense");
    const missing = await call(["rm"]);
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain("requires at least 1 argument");
    expect((await call(["ps", "extra"])).stderr).toContain("accepts no arguments");
  });
});

test("under the name docker it answers as docker does", async () => {
  using folder = new Folder();
  await command(["ln", "-s", slipwayPath, folder.join("docker")]);
  const version = await command([folder.join("docker"), "--version"]);
  expect(version.stdout).toMatch(/^Docker version \d+\.\d+\.\d+.*, build [0-9a-z]+\n$/);
  const result = await command([folder.join("docker"), "run", "--nonsense"]);
  expect(result.stderr).toContain("'docker run --help'");
});
