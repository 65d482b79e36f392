import { expect, test } from "bun:test";
import { Connection } from "../../support/connection.ts";
import { uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

async function create(script: string, hostConfig: object = {}): Promise<string> {
  const response = await fixture.engine.fetch(`/containers/create?name=${uniqueName()}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ Image: "busybox", Cmd: ["sh", "-c", script], HostConfig: hostConfig }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { Id: string }).Id;
}

const post = async (path: string): Promise<number> =>
  (await fixture.engine.fetch(path, { method: "POST" })).status;

/** A wait whose headers are there, so that the engine is known to be waiting. */
async function waiting(id: string, query: string): Promise<Connection> {
  const connection = new Connection(fixture.engine.socket);
  connection.request("POST", `/containers/${id}/wait${query}`, { Connection: "close" });
  const head = await connection.head();
  expect(head.status).toBe(200);
  expect(head.headers.get("content-type")).toBe("application/json");
  return connection;
}

async function answer(connection: Connection): Promise<{ StatusCode: number }> {
  const text = (await connection.rest()).toString();
  return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
}

test("next-exit waits for the first end of a container that has not started", async () => {
  const id = await create("exit 9");
  using connection = await waiting(id, "?condition=next-exit");
  expect(await post(`/containers/${id}/start`)).toBe(204);
  expect((await answer(connection)).StatusCode).toBe(9);
});

test("removed gives the container's own code with auto-remove", async () => {
  const id = await create("exit 7", { AutoRemove: true });
  using connection = await waiting(id, "?condition=removed");
  expect(await post(`/containers/${id}/start`)).toBe(204);
  expect((await answer(connection)).StatusCode).toBe(7);
  expect((await fixture.engine.fetch(`/containers/${id}/json`)).status).toBe(404);
});

test("next-exit gives the container's own code with auto-remove", async () => {
  const id = await create("exit 8", { AutoRemove: true });
  using connection = await waiting(id, "?condition=next-exit");
  expect(await post(`/containers/${id}/start`)).toBe(204);
  expect((await answer(connection)).StatusCode).toBe(8);
});

test("not-running, also by default, answers at once about what does not run", async () => {
  const id = await create("exit 3");
  using before = await waiting(id, "");
  expect((await answer(before)).StatusCode).toBe(0);
  expect(await post(`/containers/${id}/start`)).toBe(204);
  using first = await waiting(id, "?condition=not-running");
  expect((await answer(first)).StatusCode).toBe(3);
  using again = await waiting(id, "?condition=not-running");
  expect((await answer(again)).StatusCode).toBe(3);
  expect(await post(`/containers/${id}/wait?condition=nonsense`)).toBe(400);
});

test("removed answers when somebody removes it", async () => {
  const id = await create("sleep 1000");
  expect(await post(`/containers/${id}/start`)).toBe(204);
  using connection = await waiting(id, "?condition=removed");
  const removed = await fixture.engine.fetch(`/containers/${id}?force=1`, { method: "DELETE" });
  expect(removed.status).toBe(204);
  expect((await answer(connection)).StatusCode).toBe(137);
});

test("a client that goes away while it waits disturbs nothing", async () => {
  const id = await create("sleep 1000");
  expect(await post(`/containers/${id}/start`)).toBe(204);
  const gone = await waiting(id, "?condition=not-running");
  gone[Symbol.dispose]();
  using stays = await waiting(id, "?condition=not-running");
  expect(await post(`/containers/${id}/kill`)).toBe(204);
  expect((await answer(stays)).StatusCode).toBe(137);
});
