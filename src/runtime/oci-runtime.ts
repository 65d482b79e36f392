import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conflict, messageOf, systemError } from "../errors/index.ts";
import type { LinuxResources, Spec } from "../oci/spec.ts";
import type { CgroupManager } from "../os/cgroup/index.ts";
import { type ProcessIdentity, sendSignal } from "../os/process.ts";
import { adoptProcess } from "./adopted-process.ts";
import { RuntimeBinary } from "./binary.ts";
import type { Adoption, ExecOptions, Held, RunOptions, Runtime, StartedProcess, Streams } from "./runtime.ts";
import { SeccompFilters } from "./seccomp-filters.ts";
import type { StatusDirectory } from "./status-directory.ts";
import { HandedOver, Surrounding, type Terminal, takeTerminal } from "./terminal.ts";
import { startProcess } from "./wrapped-process.ts";
import { EVENT, findWrapper, killWrapper, takeHeld } from "./wrapper.ts";

export interface RuntimeOptions {
  name: string;
  /** Path, or a name to look for on the PATH. */
  binary: string;
  /** Global options put before the command. */
  args?: readonly string[];
  execRoot: string;
  status: StatusDirectory;
  cgroups: CgroupManager;
}

interface Known {
  group: string;
  init?: ProcessIdentity;
}

/** crun, runc, or whatever else has their command line. */
export class OciRuntime implements Runtime {
  readonly name: string;
  readonly #options: RuntimeOptions;
  readonly #stateRoot: string;
  readonly #binary: RuntimeBinary;
  readonly #known = new Map<string, Known>();
  readonly #filters = new SeccompFilters();
  /** By bundle: the profile whose filter is to be learned. */
  readonly #unknownProfiles = new Map<string, string>();

  constructor(options: RuntimeOptions) {
    this.name = options.name;
    this.#options = options;
    this.#stateRoot = join(options.execRoot, "runtime", options.name);
    this.#binary = new RuntimeBinary(
      options.name,
      options.binary,
      join(options.execRoot, "bin", options.name),
    );
    mkdirSync(this.#stateRoot, { recursive: true, mode: 0o700 });
  }

  writeBundle(bundle: string, original: Spec): void {
    const { spec, unknown } = this.#filters.apply(original);
    // Variables may be secrets: nobody but root reads them.
    writeFileSync(join(bundle, "config.json"), JSON.stringify(spec), { mode: 0o600 });
    if (unknown !== undefined) this.#unknownProfiles.set(bundle, unknown);
  }

  run({ id, group, bundle, runDir, stdio, transient, signal }: RunOptions): StartedProcess {
    const { status } = this.#options;
    const logPath = join(runDir, "runtime.log");
    const executable = this.#binary.executable();
    const terminal = this.#terminal(id, stdio);
    const args = this.#arguments(
      logPath,
      "run",
      ...(terminal?.arguments ?? []),
      "--bundle",
      bundle,
      "--pid-file",
      status.file(`${id}.pid`),
      id,
    );
    const known: Known = { group };
    this.#known.set(id, known);
    const profile = this.#unknownProfiles.get(bundle);
    this.#unknownProfiles.delete(bundle);
    return startProcess({
      executable,
      args,
      name: id,
      status,
      keepsStatus: transient !== true,
      stdio,
      terminal,
      ...(signal && { signal }),
      onStarted: (init) => {
        known.init = init;
        if (profile !== undefined) this.#filters.learn(profile, join(this.#stateRoot, id, "seccomp.bpf"));
      },
      failure: {
        verb: "create",
        runtime: this.name,
        logPath,
        executable: () =>
          JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")).process?.args?.[0] ?? "",
      },
    });
  }

  async exec({ id, execId, process, runDir, stdio, signal }: ExecOptions): Promise<StartedProcess> {
    const { status } = this.#options;
    const logPath = join(runDir, `${execId}.log`);
    const specPath = join(runDir, `${execId}.json`);
    writeFileSync(specPath, JSON.stringify(process));
    const pidFile = status.file(`${execId}.pid`);
    const executable = this.#binary.executable();
    const terminal = this.#terminal(execId, stdio);
    const options = [...(terminal?.arguments ?? []), "--process", specPath, "--pid-file", pidFile];
    const args = this.#arguments(logPath, "exec", ...options, id);
    const started = startProcess({
      executable,
      args,
      name: execId,
      status,
      keepsStatus: false,
      stdio,
      terminal,
      ...(signal && { signal }),
      failure: { verb: "exec", runtime: this.name, logPath, executable: () => process.args?.[0] ?? "" },
    });
    const cleanUp = () => {
      for (const path of [specPath, logPath]) rmSync(path, { force: true });
      status.forget(execId);
    };
    Promise.allSettled([started.started, started.exited])
      .then(cleanUp)
      .catch((error: unknown) => warn(`clean up after exec ${execId}`, error));
    return started;
  }

  kill(id: string, signal: number): boolean {
    const { init } = this.#container(id);
    return init !== undefined && sendSignal(init, signal);
  }

  async killAll(id: string, signal?: AbortSignal): Promise<void> {
    await this.#options.cgroups.killAll(this.#container(id).group, signal);
  }

  async pause(id: string, signal?: AbortSignal): Promise<void> {
    await this.#options.cgroups.freeze(this.#container(id).group, signal);
  }

  async resume(id: string, signal?: AbortSignal): Promise<void> {
    await this.#options.cgroups.thaw(this.#container(id).group, signal);
  }

  update(id: string, resources: LinuxResources): void {
    this.#options.cgroups.update(this.#container(id).group, resources);
  }

  pids(id: string): number[] {
    return this.#options.cgroups.pids(this.#container(id).group);
  }

  adopt(id: string, group: string, init?: ProcessIdentity): Adoption {
    const { status } = this.#options;
    const wrapper = findWrapper(status, id);
    const held = wrapper === undefined ? {} : this.#takeHeld(id, wrapper);
    const exit = status.exit(id);
    if (exit !== undefined) return { state: "exited", exit, held };
    const known: Known = { group };
    const adopted = adoptProcess({
      name: id,
      status,
      ...(init && { init }),
      onStarted: (identity) => {
        known.init = identity;
      },
    });
    if (adopted === undefined) return { state: "lost" };
    this.#known.set(id, known);
    return { state: "running", process: adopted, held };
  }

  list(): string[] {
    return [...new Set([...this.#options.status.list(), ...readdirSync(this.#stateRoot)])];
  }

  async remove(id: string, group: string): Promise<void> {
    const { cgroups, status } = this.#options;
    const wrapper = findWrapper(status, id);
    await cgroups.killAll(group);
    if (wrapper !== undefined) killWrapper(wrapper);
    if (existsSync(join(this.#stateRoot, id))) await this.#delete(id);
    await cgroups.remove(group);
    status.forget(id);
    this.#known.delete(id);
  }

  async version(): Promise<string> {
    const child = Bun.spawn([this.#binary.source(), "--version"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    const output = await new Response(child.stdout).text();
    const version = /version (\S+)/.exec(output)?.[1];
    if (version === undefined) throw systemError(`${this.#options.binary} --version says no version`);
    return version;
  }

  #terminal(name: string, { terminal }: Streams): Terminal | undefined {
    if (terminal === undefined) return undefined;
    const { status } = this.#options;
    return this.#binary.isCrun()
      ? new HandedOver(status, name)
      : new Surrounding(status, name, terminal.size);
  }

  #takeHeld(name: string, wrapper: ProcessIdentity): Held {
    const memoryEvent = takeHeld(wrapper, EVENT);
    const terminal = takeTerminal(this.#options.status, name, wrapper);
    return {
      ...(memoryEvent === undefined ? {} : { memoryEvent }),
      ...(terminal === undefined ? {} : { terminal }),
    };
  }

  #container(id: string): Known {
    const known = this.#known.get(id);
    if (known === undefined) throw conflict(`container ${id} is not running`);
    return known;
  }

  #arguments(logPath: string, ...words: string[]): string[] {
    const { args = [] } = this.#options;
    const log = ["--log", logPath, "--log-format", "json"];
    return [...args, "--root", this.#stateRoot, ...log, ...words];
  }

  async #delete(id: string): Promise<void> {
    const child = Bun.spawn([this.#binary.source(), "--root", this.#stateRoot, "delete", "--force", id], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [errors, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    // The runtime that ran the container may have removed its state meanwhile: gone is what was asked for.
    if (code !== 0 && existsSync(join(this.#stateRoot, id))) {
      throw systemError(`${this.name} cannot delete container ${id}: ${errors.trim()}`);
    }
  }
}

function warn(what: string, error: unknown): void {
  process.emitWarning(`${what}: ${messageOf(error)}`);
}
