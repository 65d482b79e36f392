import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errnoOf } from "../errors/index.ts";
import type { Process, Spec } from "../oci/spec.ts";
import { detectCgroups } from "../os/cgroup/index.ts";
import { hideUnifiedHierarchy } from "../os/mountns.ts";
import { OciRuntime, StatusDirectory } from "./index.ts";

const applets = [
  "sh",
  "true",
  "sleep",
  "cat",
  "echo",
  "ls",
  "stty",
  "id",
  "kill",
  "ps",
  "head",
  "dd",
  "tail",
];

/** A place for containers of a test, with a root filesystem that has busybox. Everything is gone after `dispose`. */
export class RuntimeBench {
  readonly directory = mkdtempSync(join(tmpdir(), "slipway-runtime-"));
  readonly cgroups = detectCgroups();
  readonly status: StatusDirectory;
  readonly runtime: OciRuntime;
  readonly #ids: string[] = [];
  readonly #groups = `/slipway-test-${crypto.randomUUID()}`;

  /** `announced: false` is an engine that has not taken over its predecessor's containers yet. */
  constructor(binary = "crun", { announced = true } = {}) {
    hideUnifiedHierarchy();
    this.status = new StatusDirectory(this.directory);
    if (announced) this.status.announce();
    const { status, cgroups } = this;
    this.runtime = new OciRuntime({ name: binary, binary, execRoot: this.directory, status, cgroups });
    makeRootfs(join(this.directory, "rootfs"));
  }

  group(id: string): string {
    return `${this.#groups}/${id}`;
  }

  /** Writes a bundle and answers what `run` wants to know of it. */
  prepare(args: string[], change: (spec: Spec) => void = () => undefined) {
    const id = `t${crypto.randomUUID().replaceAll("-", "")}`;
    this.#ids.push(id);
    const bundle = join(this.directory, "containers", id);
    mkdirSync(bundle, { recursive: true });
    const spec = makeSpec(join(this.directory, "rootfs"), `${this.group(id)}/container`, args);
    change(spec);
    this.runtime.writeBundle(bundle, spec);
    return { id, group: this.group(id), bundle, runDir: bundle };
  }

  async dispose(): Promise<void> {
    for (const id of this.#ids) await this.runtime.remove(id, this.group(id));
    await this.cgroups.remove(this.#groups);
    this.status.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** What a process in the container looks like. */
export function makeProcess(args: string[]): Process {
  const capabilities = ["CAP_KILL", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN"];
  return {
    user: { uid: 0, gid: 0 },
    args,
    env: ["PATH=/bin", "HOME=/"],
    cwd: "/",
    capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
  };
}

function makeSpec(rootfs: string, cgroupsPath: string, args: string[]): Spec {
  return {
    ociVersion: "1.0.2",
    process: makeProcess(args),
    root: { path: rootfs },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"] },
      {
        destination: "/dev/pts",
        type: "devpts",
        source: "devpts",
        options: ["newinstance", "ptmxmode=0666"],
      },
    ],
    linux: {
      cgroupsPath,
      namespaces: [{ type: "pid" }, { type: "mount" }, { type: "network" }, { type: "uts" }, { type: "ipc" }],
      resources: {},
    },
  };
}

function makeRootfs(path: string): void {
  for (const name of ["bin", "proc", "sys", "dev", "tmp", "etc"])
    mkdirSync(join(path, name), { recursive: true });
  copyFileSync("/bin/busybox", join(path, "bin/busybox"));
  for (const name of applets) symlinkSync("busybox", join(path, "bin", name));
  writeFileSync(join(path, "etc/plain"), "not a program\n", { mode: 0o644 });
}

/** Waits five seconds at most. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("the condition did not come true");
    await Bun.sleep(5);
  }
}

/** All that was said on a terminal until now; closes its master, which is non-blocking. */
export function readTerminal(master: number): string {
  const parts: Buffer[] = [];
  const buffer = Buffer.alloc(65536);
  try {
    for (;;) parts.push(Buffer.from(buffer.subarray(0, readSync(master, buffer))));
  } catch (error) {
    if (!["EIO", "EAGAIN"].includes(errnoOf(error) ?? "")) throw error;
  } finally {
    closeSync(master);
  }
  return Buffer.concat(parts).toString();
}
