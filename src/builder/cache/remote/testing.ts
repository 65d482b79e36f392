import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { BuildRequest, SolveStatus } from "../../../api/build.ts";
import { type TestRooms, testRooms } from "../../../engine/image/testing.ts";
import { measureLayer } from "../../../layers/index.ts";
import { chainIDs, type Digest, digestOf } from "../../../oci/digest.ts";
import { vertex } from "../../graph/index.ts";
import type { BuildJob } from "../../job.ts";
import type { BuiltLayer, SolvedStep } from "../../solver/index.ts";
import { keyOf } from "../testing.ts";

/** A host with a build under way. */
export class Host implements AsyncDisposable {
  readonly told: SolveStatus[] = [];

  private constructor(readonly rooms: TestRooms) {}

  static async open(): Promise<Host> {
    return new Host(await testRooms());
  }

  job(request: Partial<BuildRequest>, signal = new AbortController().signal): BuildJob {
    const lease = this.rooms.leases.open();
    const open = { imageRooms: this.rooms, registries: this.rooms.registries };
    const progress = { tell: (status: SolveStatus) => this.told.push(status) };
    return { rooms: { open }, request, lease, progress, signal } as unknown as BuildJob;
  }

  /** A step whose layer has one file. */
  async step(name: string, below: SolvedStep | undefined, content: string): Promise<SolvedStep> {
    const { snapshots, pending } = this.rooms;
    const lower = below?.layers ?? [];
    const snapshot = `build-${name}`;
    await snapshots.prepare(snapshot, lower.at(-1)?.chainID);
    const upper = snapshots.directory(snapshot);
    writeFileSync(join(upper, name), content);
    const { diffID, size, inodes } = await measureLayer(upper, new AbortController().signal);
    const chainID = chainIDs([...lower.map((layer) => layer.diffID), diffID]).at(-1) as Digest;
    await pending.commit(snapshot, chainID, { size, inodes });
    const layer: BuiltLayer = { diffID, chainID, size, created: "2024-01-02T03:04:05Z" };
    const parents = below === undefined ? [] : [below.key];
    const inputs = [{ kind: "layers" as const, layers: lower }];
    const step = vertex({ kind: "link" }, [], { name });
    return { key: keyOf(name), layers: [...lower, layer], vertex: step, inputs, parents };
  }

  /** Names of steps that were told, with their errors. */
  get steps(): string[] {
    const ended = this.told.flatMap(({ vertexes = [] }) => vertexes).filter(({ completed }) => completed);
    return ended.map(({ name, error }) => (error === undefined ? name : `${name}: ${error}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rooms.buildRecords.saved();
    await this.rooms[Symbol.asyncDispose]();
  }
}

/** A registry that keeps what it gets, as the distribution-spec has it. */
export class KeepingRegistry implements AsyncDisposable {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { type: string; bytes: Buffer }>();
  /** What was fetched of it. */
  readonly fetched: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(): Promise<KeepingRegistry> {
    const registry = new KeepingRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const url = new URL(request.url ?? "/", "http://registry");
    const [, kind, name = ""] = /\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    const end = (status: number, headers: Record<string, string> = {}, bytes?: Buffer) =>
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : bytes);
    if (kind === undefined) end(200);
    else if (name.startsWith("uploads/")) this.#upload(request.method ?? "", url, body, end);
    else if (kind === "blobs") {
      const blob = this.blobs.get(name);
      if (request.method === "GET") this.fetched.push(name);
      end(blob === undefined ? 404 : 200, { "content-length": String(blob?.length ?? 0) }, blob);
    } else if (request.method === "PUT") {
      const entry = { type: request.headers["content-type"] ?? "", bytes: body };
      for (const key of [name, digestOf(body)]) this.manifests.set(key, entry);
      end(201, { "docker-content-digest": digestOf(body) });
    } else {
      const entry = this.manifests.get(name);
      if (entry === undefined) end(404);
      else
        end(
          200,
          {
            "content-type": entry.type,
            "content-length": String(entry.bytes.length),
            "docker-content-digest": digestOf(entry.bytes),
          },
          entry.bytes,
        );
    }
  }

  #upload(
    method: string,
    url: URL,
    body: Buffer,
    end: (status: number, headers?: Record<string, string>) => void,
  ): void {
    const path = url.pathname.endsWith("/") ? `${url.pathname}${this.#uploads.size}` : url.pathname;
    const bytes = Buffer.concat([this.#uploads.get(path) ?? Buffer.alloc(0), body]);
    this.#uploads.set(path, bytes);
    if (method === "PUT") {
      this.blobs.set(url.searchParams.get("digest") ?? "", bytes);
      end(201);
    } else end(202, { location: path, range: `0-${Math.max(0, bytes.length - 1)}` });
  }

  readonly #uploads = new Map<string, Buffer>();

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
