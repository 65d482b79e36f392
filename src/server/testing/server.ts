import { mkdtempSync, rmSync } from "node:fs";
import type { NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../index.ts";
import { TestBackend } from "./backend.ts";
import { RawClient } from "./raw.ts";

/** A server on a socket of its own and further hosts, with a backend in memory. */
export async function startTestServer(...hosts: string[]) {
  const directory = mkdtempSync(join(tmpdir(), "slipway-server-"));
  const path = join(directory, "api.sock");
  const backend = new TestBackend();
  const server = await startServer({ backend, hosts: [`unix://${path}`, ...hosts], log: () => {} });
  return {
    path,
    backend,
    host: `unix://${path}`,
    open: (address: NetConnectOpts = { path }) => new RawClient(address),
    fetch: (url: string, init: RequestInit = {}) => fetch(`http://engine${url}`, { ...init, unix: path }),
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

/** Polls until a condition holds; throws when it does not within four seconds. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 4000; !condition(); await Bun.sleep(5)) {
    if (Date.now() > deadline) throw new Error(`did not happen: ${what}`);
  }
}
