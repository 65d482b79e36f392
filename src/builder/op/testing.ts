import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withRuntimes } from "../../daemon/runtimes.ts";
import { loadConfig } from "../../engine/config/index.ts";
import { readHostFacts } from "../../engine/host/index.ts";
import { type OpenEngine, openRooms } from "../../engine/open.ts";
import { restore } from "../../engine/restore.ts";
import { shutDown } from "../../engine/shutdown.ts";
import { hostPlatform } from "../../oci/platform.ts";
import { unmountBelow } from "../../os/mount.ts";
import { hideUnifiedHierarchy } from "../../os/mountns.ts";
import type { FileAction } from "../graph/index.ts";
import { type ExecOp, type Op, vertex } from "../graph/index.ts";
import type { BuiltLayer, Operation, OpJob, Result, Session } from "../solver/model.ts";
import { writeLayer } from "./layer/write.ts";
import type { OpRooms } from "./rooms.ts";

/** An action of a file operation. */
export type CopyAction = Extract<FileAction, { action: "copy" }>;

/** A copy of all of input 1 to /out, but for what is said. */
export const copyOf = (changes: Partial<CopyAction>): CopyAction => ({
  action: "copy",
  input: 1,
  sources: ["/"],
  destination: "/out",
  intoDirectory: false,
  parents: false,
  exclude: [],
  unpack: false,
  required: true,
  replaceLinks: false,
  ...changes,
});

const applets = [
  "sh",
  "cat",
  "echo",
  "ls",
  "id",
  "sleep",
  "touch",
  "mkdir",
  "rm",
  "env",
  "find",
  "stat",
  "wget",
  "nslookup",
];

/** An engine in this process, with a layer that has busybox, to try operations on. */
export class OpBench implements AsyncDisposable {
  readonly directory: string;
  readonly rooms: OpRooms;
  /** What processes wrote: 1 stdout, 2 stderr. */
  output = "";
  readonly session: { -readonly [K in keyof Session]: Session[K] };

  private constructor(
    directory: string,
    private readonly engine: OpenEngine,
  ) {
    this.directory = directory;
    this.rooms = { engine: engine.context, images: engine.imageRooms, metastore: engine.metastore };
    this.session = {
      directories: new Map(),
      secret: async () => undefined,
      sshAgent: async () => undefined,
      auth: async () => undefined,
    };
  }

  static async open(directory = mkdtempSync("/tmp/slipway-ops-")): Promise<OpBench> {
    hideUnifiedHierarchy();
    // One of 8192 networks: what a run that was cut off left behind stands in the way of few.
    const number = Math.floor(Math.random() * 8192);
    const subnet = `10.197.${number >> 5}.${(number & 31) * 8 + 1}/29`;
    const args = ["--data-root", join(directory, "data"), "--exec-root", join(directory, "run")];
    const bridge = ["--bridge", `slo${number}`, "--bip", subnet];
    const config = await withRuntimes(loadConfig([...args, ...bridge]));
    mkdirSync(config.dataRoot, { recursive: true });
    mkdirSync(config.execRoot, { recursive: true });
    const log = (level: string, message: string) => {
      if (level === "error") console.error(message);
    };
    const engine = await openRooms({ config, host: readHostFacts(), log });
    await restore(engine.context, () => engine.status.announce());
    return new OpBench(directory, engine);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  job(signal: AbortSignal = new AbortController().signal): OpJob {
    return {
      vertex: vertex({ kind: "link" }, [], { name: "test" }),
      signal,
      session: this.session,
      log: (_, data) => {
        this.output += Buffer.from(data).toString();
      },
      status: () => undefined,
    };
  }

  /** A layer that is made by a function of the root's path. */
  async layer(below: readonly BuiltLayer[], work: (root: string) => void): Promise<BuiltLayer> {
    const make = async ({ root }: { root: string }) => {
      work(root);
      return {};
    };
    return await writeLayer(this.rooms, below, make, new AbortController().signal);
  }

  async busybox(): Promise<Result> {
    const layer = await this.layer([], (root) => {
      for (const name of ["bin", "tmp", "etc"]) mkdirSync(join(root, name));
      cpSync("/bin/busybox", join(root, "bin/busybox"));
      for (const name of applets) symlinkSync("/bin/busybox", join(root, "bin", name));
      writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\nweb:x:33:34::/:/bin/sh\n");
      writeFileSync(join(root, "etc/group"), "root:x:0:\nstaff:x:50:\n");
    });
    return { kind: "layers", layers: [layer] };
  }

  /** Files of the last layer. */
  upper(result: Result): string {
    if (result.kind !== "layers") throw new Error("no layers");
    return this.rooms.images.snapshots.directory(result.layers.at(-1)?.chainID ?? "");
  }

  run<O extends Op>(operation: Operation<O>, op: O, inputs: readonly Result[], signal?: AbortSignal) {
    return operation.run(op, inputs, this.job(signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await shutDown(this.engine);
    unmountBelow(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** RUN with a shell. */
export function shell(script: string, changes: Partial<ExecOp> = {}): ExecOp {
  return {
    kind: "exec",
    args: ["/bin/sh", "-c", script],
    env: [],
    uncachedEnv: [],
    cwd: "/",
    user: "",
    network: "none",
    security: "sandbox",
    mounts: [],
    platform: hostPlatform(),
    ...changes,
  };
}
