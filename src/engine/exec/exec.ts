import type * as api from "../../api/index.ts";
import type { ContainerStdio } from "../../cio/index.ts";
import type { ProcessIdentity } from "../../os/process.ts";
import type { RuntimeProcess } from "../../runtime/index.ts";
import type { Container } from "../container/container.ts";

/** A further process in a running container: asked for, running, or ended. */
export class Exec {
  started = false;
  running = false;
  exitCode: number | undefined;
  /** Milliseconds since the epoch; when it ended. */
  endedAt: number | undefined;
  identity: ProcessIdentity | undefined;
  process: RuntimeProcess | undefined;
  stdio: ContainerStdio | undefined;

  private readonly end = Promise.withResolvers<void>();
  /** Resolves when the exit code is known, also that of a failed start. */
  readonly ended: Promise<void> = this.end.promise;

  constructor(
    readonly id: string,
    readonly container: Container,
    readonly request: api.ExecCreateRequest,
    readonly detachKeys: Uint8Array,
  ) {}

  finish(exitCode: number): void {
    this.running = false;
    this.exitCode = exitCode;
    this.endedAt = Date.now();
    this.stdio = undefined;
    this.end.resolve();
  }

  get tty(): boolean {
    return this.request.Tty ?? false;
  }

  get commandLine(): string {
    return (this.request.Cmd ?? []).join(" ");
  }
}
