import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "../../client/client.ts";
import { containerTarget } from "./target.ts";

/* Answers with these, one after the other; each GET or HEAD takes one. */
let answers: Response[];
let methods: string[];
const folder = mkdtempSync(join(tmpdir(), "cp-target-"));
const path = join(folder, "engine.sock");
let server: Bun.Server<undefined>;
let client: Client;

beforeAll(() => {
  server = Bun.serve({
    unix: path,
    fetch: ({ method }) => {
      methods.push(method);
      return answers.shift() ?? new Response(null, { status: 404 });
    },
  });
  client = new Client({ unix: path });
});
beforeEach(() => {
  methods = [];
});
afterAll(async () => {
  client.close();
  await server.stop(true);
  rmSync(folder, { recursive: true });
});

const said = (status: number, message?: string) =>
  new Response(message === undefined ? null : JSON.stringify({ message }), {
    status,
    headers: { "content-type": "application/json" },
  });
const directory = () =>
  new Response("", {
    headers: {
      "x-docker-container-path-stat": btoa(
        JSON.stringify({ name: "dir", mode: 0x8000_01ed, linkTarget: "" }),
      ),
    },
  });

test("what an engine could not look at is asked for again, and is not taken as absent", async () => {
  answers = [said(503), directory()];
  expect(await containerTarget(client, "c", "/dir/")).toEqual({
    path: "/dir/",
    exists: true,
    isDirectory: true,
  });
  expect(methods).toEqual(["HEAD", "GET"]);
});

test("the reason why it cannot look is told", async () => {
  answers = [said(503), said(503, "the files did not answer within 10 seconds")];
  await expect(containerTarget(client, "c", "/dir/")).rejects.toThrow("did not answer within 10 seconds");
});

test("what is not there is absent", async () => {
  answers = [said(404)];
  expect(await containerTarget(client, "c", "/dir/")).toMatchObject({ exists: false });
  answers = [said(500), said(404, "Could not find the file /dir/ in container c")];
  expect(await containerTarget(client, "c", "/dir/")).toMatchObject({ exists: false });
  expect(methods).toEqual(["HEAD", "HEAD", "GET"]);
});
