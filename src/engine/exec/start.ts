import { readFileSync } from "node:fs";
import type * as api from "../../api/index.ts";
import { encodeFrame, StdStream } from "../../api/stdcopy.ts";
import { type Attachment, ContainerStdio } from "../../cio/index.ts";
import { conflict, messageOf, SlipwayError } from "../../errors/index.ts";
import type { Process, Spec } from "../../oci/spec.ts";
import type { AttachStreams, PreparedStream } from "../backend.ts";
import { copyInput } from "../container/attach.ts";
import { emit } from "../container/events.ts";
import { runtimeOf } from "../container/runtime-of.ts";
import { buildExecProcess } from "../container/spec/exec.ts";
import { consoleSize } from "../container/spec/index.ts";
import { descriptorsOf } from "../container/stdio.ts";
import { windowSize } from "../container/window-size.ts";
import type { EngineContext } from "../context.ts";
import type { Exec } from "./exec.ts";

/** Docker's for a process that could not be started, unless the runtime says better. */
const cannotInvoke = 126;

/** Checks an exec that a client wants to attach to; `run` starts it and copies until it ends or is detached. */
export async function prepareExec(
  engine: EngineContext,
  id: string,
  request: api.ExecStartRequest,
): Promise<PreparedStream> {
  const exec = engine.execs.active(id);
  refuseSecond(exec);
  const framing = exec.tty ? "raw" : "multiplexed";
  return { framing, run: (streams) => runAttached(engine, exec, request, streams, framing) };
}

/** Starts an exec and answers once its process is there. Nobody gets its output. */
export async function startDetached(
  engine: EngineContext,
  id: string,
  request: api.ExecStartRequest,
): Promise<void> {
  const exec = engine.execs.active(id);
  await startExec(engine, exec, request, () => undefined);
}

function refuseSecond(exec: Exec): void {
  if (exec.exitCode !== undefined) throw conflict(`exec command ${exec.id} has already run`);
  if (exec.started) throw conflict(`exec command ${exec.id} is already running`);
}

async function runAttached(
  engine: EngineContext,
  exec: Exec,
  request: api.ExecStartRequest,
  streams: AttachStreams,
  framing: "raw" | "multiplexed",
): Promise<void> {
  const { AttachStdout: stdout = false, AttachStderr: stderr = false } = exec.request;
  let attached: Attachment | undefined;
  try {
    await startExec(engine, exec, request, (stdio) => {
      attached = stdio.attach({ stdout, stderr, framing, sink: streams.output }, streams.signal);
      return attached;
    });
  } catch (error) {
    // The answer has begun: the reason can only go where the output would have gone.
    const text = Buffer.from(`${messageOf(error)}\r\n`);
    streams.output.write(framing === "raw" ? text : encodeFrame(StdStream.stdout, text));
    await streams.output.drained();
    return;
  }
  const left = Promise.withResolvers<void>();
  streams.signal.addEventListener("abort", () => left.resolve(), { once: true });
  const { input } = streams;
  const { stdio } = exec;
  if (exec.request.AttachStdin && input !== undefined && stdio !== undefined) {
    const options = { keys: exec.detachKeys, tty: exec.tty, closes: true };
    engine.background.supervise(exec.container.id, async () => {
      if ((await copyInput(stdio, input, options)) !== "detached") return;
      emit(engine, exec.container, "exec_detach", { execID: exec.id });
      attached?.detach();
      left.resolve();
    });
  }
  await attached?.finished;
  // Clients ask for the exit code as soon as the output ends.
  await Promise.race([exec.ended, left.promise]);
}

/** Starts the process; `attach` is called before its first byte of output is read. */
export async function startExec(
  engine: EngineContext,
  exec: Exec,
  request: api.ExecStartRequest,
  attach: (stdio: ContainerStdio) => Attachment | undefined,
  signal?: AbortSignal,
): Promise<void> {
  refuseSecond(exec);
  exec.started = true;
  const { container } = exec;
  const { record } = container;
  emit(engine, container, `exec_start: ${exec.commandLine}`, { execID: exec.id });
  const size = windowSize(request.ConsoleSize) ?? windowSize(exec.request.ConsoleSize);
  const stdio = ContainerStdio.create(undefined, {
    openStdin: exec.request.AttachStdin ?? false,
    tty: exec.tty,
    ...(size === undefined ? {} : { consoleSize: size }),
    onStdinClosed: () => exec.process?.closeInput(),
    onResized: (size) => exec.process?.resize(size),
  });
  exec.stdio = stdio;
  try {
    attach(stdio);
    const process = await runtimeOf(engine, record).exec({
      id: record.id,
      execId: exec.id,
      process: processOf(engine, exec, request),
      runDir: engine.paths.container(record.id).bundle,
      stdio: descriptorsOf(stdio),
      ...(signal === undefined ? {} : { signal }),
    });
    exec.process = process;
    stdio.spawned();
    exec.identity = await process.started;
    stdio.connect(await process.terminal, process.exited);
  } catch (error) {
    await stdio.close();
    const exitCode = error instanceof SlipwayError ? error.details.exitCode : undefined;
    end(engine, exec, exitCode ?? cannotInvoke);
    throw error;
  }
  exec.running = true;
  stdio.start({ log: undefined, onLogError: () => {} });
  engine.background.supervise(record.id, () => stdio.done);
  engine.background.supervise(record.id, () => superviseExec(engine, exec, stdio));
}

function processOf(engine: EngineContext, exec: Exec, { ConsoleSize }: api.ExecStartRequest): Process {
  const { record } = exec.container;
  const text = readFileSync(engine.paths.container(record.id).config, "utf8");
  const { process } = JSON.parse(text) as Spec;
  return buildExecProcess({
    record,
    request: consoleSize(ConsoleSize) ? { ...exec.request, ConsoleSize: ConsoleSize ?? null } : exec.request,
    container: process ?? { cwd: "/", user: { uid: 0, gid: 0 } },
    rootfs: `/proc/${record.state.initPid}/root`,
    host: engine.host,
  });
}

async function superviseExec(engine: EngineContext, exec: Exec, stdio: ContainerStdio): Promise<void> {
  const exit = await exec.process?.exited;
  // A process that it left behind may keep the output open: the exec itself has ended all the same.
  await engine.background.attempt("read the output of an exec to its end", () =>
    Promise.race([stdio.done, Bun.sleep(outputGrace)]),
  );
  end(engine, exec, exit?.code ?? cannotInvoke);
  await stdio.close();
}

/** How long output may still come after the process has ended. */
const outputGrace = 2000;

function end(engine: EngineContext, exec: Exec, exitCode: number): void {
  exec.finish(exitCode);
  exec.container.execs.delete(exec.id);
  emit(engine, exec.container, "exec_die", { execID: exec.id, exitCode: String(exitCode) });
}
