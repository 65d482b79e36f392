import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as api from "../index.ts";

const directory = mkdtempSync(join(tmpdir(), "client-network-"));
let received: { what: string; body: unknown }[] = [];
let server: ReturnType<typeof Bun.serve>;
let client: api.Client;

beforeAll(() => {
  const unix = join(directory, "engine.sock");
  server = Bun.serve({
    unix,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      received.push({
        what: `${request.method} ${pathname}${decodeURIComponent(search)}`,
        body: text === "" ? undefined : JSON.parse(text),
      });
      return request.method === "DELETE" ? new Response(null, { status: 204 }) : Response.json({ Answer: 1 });
    },
  });
  client = new api.Client(api.parseHost(`unix://${unix}`));
});

afterAll(async () => {
  client.close();
  await server.stop(true);
  rmSync(directory, { recursive: true });
});

const answered = { Answer: 1 };

test.each<[what: string, body: unknown, call: () => Promise<unknown>, answer: unknown]>([
  ["POST /networks/create", { Name: "n" }, () => api.createNetwork(client, { Name: "n" }), answered],
  ["DELETE /networks/a%20b", undefined, () => api.removeNetwork(client, "a b"), undefined],
  [
    "POST /networks/n/connect",
    { Container: "c", EndpointConfig: { Aliases: ["x"] } },
    () => api.connectNetwork(client, "n", { Container: "c", EndpointConfig: { Aliases: ["x"] } }),
    undefined,
  ],
  [
    "POST /networks/n/disconnect",
    { Container: "c", Force: true },
    () => api.disconnectNetwork(client, "n", { Container: "c", Force: true }),
    undefined,
  ],
  [
    'POST /networks/prune?filters={"label":["a"]}',
    undefined,
    () => api.pruneNetworks(client, { label: ["a"] }),
    answered,
  ],
  ["GET /networks/n", undefined, () => api.inspectNetwork(client, "n"), answered],
  [
    "GET /networks/n?verbose=1&scope=local",
    undefined,
    () => api.inspectNetwork(client, "n", { verbose: true, scope: "local" }),
    answered,
  ],
  ["GET /networks/graph?draw=1", undefined, () => api.networkGraph(client), answered],
  [
    "POST /networks/doctor",
    { Container: "c", Target: "db:5432", Protocol: "udp" },
    () => api.diagnoseNetwork(client, { Container: "c", Target: "db:5432", Protocol: "udp" }),
    answered,
  ],
  [
    "POST /containers/c/ports",
    { Add: { "80/tcp": [{ HostPort: "8080" }] }, Remove: { "81/udp": null } },
    () =>
      api.updateContainerPorts(client, "/c", {
        Add: { "80/tcp": [{ HostPort: "8080" }] },
        Remove: { "81/udp": null },
      }),
    answered,
  ],
])("%s", async (what, body, call, answer) => {
  received = [];
  expect(await call()).toEqual(answer);
  expect(received).toEqual([{ what, body }]);
});
