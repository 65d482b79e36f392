import type * as api from "../../api/index.ts";
import type {
  AttachOptions,
  AttachStreams,
  ContainerVerbs,
  LogsOptions,
  PreparedStream,
} from "../../engine/backend.ts";
import { conflict, invalid, notFound, notModified } from "../../errors/index.ts";
import { echo } from "./echo.ts";

/** Bytes of `size` in chunks, so that a stream of any length costs no memory. */
export async function* bytes(size: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(65_536);
  for (let left = size; left > 0; left -= chunk.length) yield chunk.subarray(0, Math.min(left, chunk.length));
}

const GO_MODE_DIR = 0x8000_01ed;

interface TestContainer {
  id: string;
  name: string;
  request: api.ContainerCreateRequest;
  running: boolean;
  exited: PromiseWithResolvers<api.ContainerWaitResponse>;
}

/** Containers that echo: what is attached to them gets its input back. */
export class TestContainers implements ContainerVerbs {
  readonly byName = new Map<string, TestContainer>();
  /** What the last call was given, for tests to look at. */
  last: unknown;
  /** The signal of the last call that has one. */
  lastSignal: AbortSignal | undefined;
  /** How many bytes the last upload had. */
  uploaded = 0;

  find(ref: string): TestContainer {
    const name = ref.replace(/^\//, "");
    const found =
      this.byName.get(name) ?? [...this.byName.values()].find(({ id }) => id.startsWith(name) && name !== "");
    if (found === undefined) throw notFound(`No such container: ${ref}`);
    return found;
  }

  async create(request: api.ContainerCreateRequest, options: { name?: string; platform?: string }) {
    this.last = { request, options };
    if (!request.Image) throw invalid("no image given");
    if (request.Image === "missing") throw notFound("No such image: missing:latest");
    const name = options.name ?? `container${this.byName.size + 1}`;
    if (this.byName.has(name)) throw conflict(`the container name "/${name}" is already in use`);
    const id = Bun.hash(name).toString(16).padStart(16, "0").repeat(4);
    this.byName.set(name, { id, name, request, running: false, exited: Promise.withResolvers() });
    return { Id: id, Warnings: [] };
  }

  async list(options: unknown) {
    this.last = options;
    return [...this.byName.values()].map(summary);
  }

  async inspect(ref: string) {
    const { id, name, request } = this.find(ref);
    const { HostConfig, NetworkingConfig: _, ...config } = request;
    return {
      Id: id,
      Created: "2026-01-01T00:00:00Z",
      Name: `/${name}`,
      State: { Running: this.find(ref).running, Status: "created" },
      Config: config,
      HostConfig: HostConfig ?? {},
      NetworkSettings: { Networks: { bridge: {}, mine: { Aliases: ["alias"] } } },
      ImageManifestDescriptor: { mediaType: "m", digest: "d", size: 1 },
    } as unknown as api.ContainerInspect;
  }

  async top() {
    return { Titles: ["PID"], Processes: [["1"]] };
  }

  async logs(ref: string, options: LogsOptions, signal: AbortSignal) {
    this.last = options;
    this.lastSignal = signal;
    const framing = this.find(ref).request.Tty ? ("raw" as const) : ("multiplexed" as const);
    return { framing, chunks: logLines(options.follow, signal) };
  }

  async changes() {
    return [{ Path: "/etc", Kind: 0 as const }];
  }

  async export(ref: string, signal: AbortSignal) {
    this.lastSignal = signal;
    this.find(ref);
    return bytes(1 << 20);
  }

  async stats(ref: string, options: { stream: boolean; oneShot: boolean }, signal: AbortSignal) {
    this.last = options;
    this.lastSignal = signal;
    this.find(ref);
    return samples(options.stream, signal);
  }

  async resize(_ref: string, size: { height: number; width: number }) {
    this.last = size;
  }

  async start(ref: string) {
    const container = this.find(ref);
    if (container.running) throw notModified("the container is running already");
    container.running = true;
  }

  async stop(ref: string, options: unknown) {
    this.last = options;
    const container = this.find(ref);
    if (!container.running) throw notModified("the container is not running");
    this.#exit(container, 143);
  }

  async restart(_ref: string, options: unknown) {
    this.last = options;
  }

  async kill(ref: string, signal?: string) {
    this.last = signal;
    const container = this.find(ref);
    if (!container.running) throw conflict(`container ${ref} is not running`);
    this.#exit(container, 137);
  }

  async update(_ref: string, request: api.ContainerUpdateRequest) {
    this.last = request;
    return { Warnings: [] };
  }

  async updatePorts(_ref: string, request: api.PortsUpdateRequest) {
    this.last = request;
    return { Ports: {} };
  }

  async rename(_ref: string, name: string) {
    this.last = name;
  }

  async pause() {}
  async unpause() {}

  async attach(ref: string, options: AttachOptions): Promise<PreparedStream> {
    this.last = options;
    const raw = options.framing === "raw" || this.find(ref).request.Tty;
    return { framing: raw ? "raw" : "multiplexed", run: (streams) => this.#run(ref, streams, raw !== true) };
  }

  /** The container ends with its input, as `cat` does. */
  async #run(ref: string, streams: AttachStreams, framed: boolean) {
    this.lastSignal = streams.signal;
    await echo(streams, framed);
    this.#exit(this.find(ref), 0);
  }

  #exit(container: TestContainer, StatusCode: number) {
    container.running = false;
    container.exited.resolve({ StatusCode });
  }

  async wait(ref: string, condition: string, signal: AbortSignal) {
    this.last = condition;
    this.lastSignal = signal;
    return { result: this.find(ref).exited.promise };
  }

  async remove(ref: string, options: { force?: boolean }) {
    this.last = options;
    const container = this.find(ref);
    if (container.running && !options.force) throw conflict(`cannot remove ${ref}: it is running`);
    this.byName.delete(container.name);
  }

  async prune(filters: api.Filters) {
    this.last = filters;
    return { ContainersDeleted: null, SpaceReclaimed: 0 };
  }

  async statPath(ref: string, path: string) {
    this.find(ref);
    if (path === "/")
      return { name: "/", size: 0, mode: GO_MODE_DIR, mtime: "2026-01-01T00:00:00Z", linkTarget: "" };
    if (path !== "/etc/hosts") throw notFound(`Could not find the file ${path} in container ${ref}`);
    return { name: "hosts", size: 3, mode: 0o644, mtime: "2026-01-01T00:00:00Z", linkTarget: "" };
  }

  async getArchive(ref: string, path: string, signal: AbortSignal) {
    this.lastSignal = signal;
    return { matches: 0, stat: await this.statPath(ref, path), tar: bytes(1024) };
  }

  async putArchive(ref: string, _path: string, tar: AsyncIterable<Uint8Array>, options: unknown) {
    this.last = options;
    this.find(ref);
    this.uploaded = 0;
    for await (const chunk of tar) this.uploaded += chunk.length;
  }

  async commit(options: unknown) {
    this.last = options;
    return { Id: `sha256:${"c".repeat(64)}` };
  }
}

function summary({ id, name, request }: TestContainer): api.ContainerSummary {
  return {
    Id: id,
    Names: [`/${name}`],
    Image: request.Image ?? "",
    ImageID: `sha256:${"1".repeat(64)}`,
    Command: "sh",
    Created: 1_767_225_600,
    Ports: [],
    Labels: {},
    State: "created",
    Status: "Created",
    HostConfig: { NetworkMode: "bridge", Annotations: { a: "b" } },
    NetworkSettings: { Networks: {} },
    Mounts: [],
    ImageManifestDescriptor: { mediaType: "m", digest: "d", size: 1 },
  };
}

async function* logLines(follow: boolean, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!follow) yield Buffer.from("\x01\0\0\0\0\0\0\x03one");
  else await aborted(signal);
}

async function* samples(stream: boolean, signal: AbortSignal): AsyncGenerator<api.ContainerStats> {
  yield { id: "x", name: "/x" } as api.ContainerStats;
  if (stream) await aborted(signal);
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
