/* Registries through dockerode, whose credentials come in the standard alphabet of base64. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import Docker from "dockerode";
import { TestRegistry } from "../support/registry.ts";
import { uniqueName, withEngine } from "../support/suite.ts";

const fixture = withEngine();
const docker = () => new Docker({ socketPath: fixture.engine.socket });
// Encoded, it has characters in which the alphabets differ.
const password = "s??>>~~ÿ";
let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start({ users: { ann: password } });
}, 60_000);
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

interface Message {
  status?: string;
  error?: string;
  aux?: unknown;
}

/** All messages of a progress stream, once it has ended. */
function followed(stream: NodeJS.ReadableStream): Promise<Message[]> {
  return new Promise((resolve, reject) => {
    docker().modem.followProgress(stream, (error, messages) => (error ? reject(error) : resolve(messages)));
  });
}

test("push, its trailer, and pull with credentials", async () => {
  const authconfig = { username: "ann", password, serveraddress: registry.host };
  const repo = `${registry.host}/${uniqueName("dockerode")}`;
  await docker().getImage("busybox").tag({ repo, tag: "1" });
  const pushed = await followed(await docker().getImage(`${repo}:1`).push({ authconfig }));
  const Digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
  expect(pushed.at(-1)?.aux).toEqual({ Tag: "1", Digest, Size: expect.any(Number) });
  await docker().getImage(`${repo}:1`).remove();
  const pulled = await followed(await docker().pull(`${repo}:1`, { authconfig }));
  expect(pulled.at(-1)?.status).toBe(`Status: Downloaded newer image for ${repo}:1`);
  expect((await docker().getImage(`${repo}:1`).inspect()).RepoTags).toContain(`${repo}:1`);
});

test("refusals are statuses", async () => {
  const repo = `${registry.host}/${uniqueName("dockerode")}`;
  const statusOf = async (call: Promise<unknown>) =>
    await call.then(
      () => 200,
      ({ statusCode }: { statusCode: number }) => statusCode,
    );
  const wrong = { username: "ann", password: "guess", serveraddress: registry.host };
  expect(await statusOf(docker().pull(`${repo}:1`))).toBe(401);
  expect(await statusOf(docker().pull(`${repo}:1`, { authconfig: wrong }))).toBe(401);
  expect(await statusOf(docker().checkAuth(wrong))).toBe(401);
  expect(await statusOf(docker().pull(`${repo}:1`, { authconfig: { ...wrong, password } }))).toBe(404);
});
