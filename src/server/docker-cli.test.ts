import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "./testing/server.ts";

let server: TestServer;
beforeAll(async () => {
  if (Bun.which("docker") === null) throw new Error("no docker CLI on the PATH; run scripts/setup-host");
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function docker(
  args: string[],
  stdin = "",
): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = Bun.spawn(["docker", ...args], {
    env: { ...process.env, DOCKER_HOST: server.host, DOCKER_API_VERSION: "" },
    stdin: Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
    timeout: 10_000,
  });
  const [stdout, stderr, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { status, stdout, stderr };
}

test("version, ps, images and system df parse the answers", async () => {
  const version = await docker(["version", "--format", "{{.Server.APIVersion}} {{.Server.MinAPIVersion}}"]);
  expect(version.stdout).toBe("1.51 1.24\n");
  expect((await docker(["ps", "-a"])).stdout).toStartWith("CONTAINER ID");
  expect((await docker(["images", "-q"])).stdout).toBe("111111111111\n");
  expect((await docker(["system", "df"])).status).toBe(0);
});

test("run -i pipes its input through and takes the exit status", async () => {
  const run = await docker(["run", "-i", "--name", "cat", "app"], "piped\n");
  expect(run).toEqual({ status: 0, stdout: "hello\npiped\nend\n", stderr: "" });
});

test("exec, logs, cp and rm -f work on a container", async () => {
  await docker(["create", "--name", "c", "app"]);
  await docker(["start", "c"]);
  expect((await docker(["exec", "-i", "c", "cat"], "typed")).stdout).toBe("hello\ntypedend\n");
  expect((await docker(["logs", "c"])).stdout).toBe("one");
  expect((await docker(["cp", "-", "c:/"], "tar")).status).toBe(0);
  expect(server.backend.containers.uploaded).toBe(3);
  expect(await docker(["rm", "-f", "c"])).toEqual({ status: 0, stdout: "c\n", stderr: "" });
});

test("errors are the engine's words", async () => {
  expect((await docker(["inspect", "--type", "container", "none"])).stderr).toContain(
    "No such container: none",
  );
  expect((await docker(["pull", "missing"])).stderr).toContain("manifest unknown");
  expect((await docker(["node", "ls"])).stderr).toContain("This node is not a swarm manager");
});

test("events of a past interval are printed", async () => {
  const { stdout } = await docker(["events", "--since", "1", "--until", "2", "--format", "{{.Action}}"]);
  expect(stdout).toBe("create\ntag\n");
});
