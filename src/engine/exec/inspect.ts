import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";

export async function inspectExec(engine: EngineContext, id: string): Promise<api.ExecInspect> {
  const exec = engine.execs.find(id);
  const { request, container } = exec;
  const [entrypoint = "", ...args] = request.Cmd ?? [];
  const user = request.User || container.record.config.User;
  return {
    ID: exec.id,
    Running: exec.started && exec.exitCode === undefined,
    ExitCode: exec.exitCode ?? null,
    ProcessConfig: {
      tty: exec.tty,
      entrypoint,
      arguments: args,
      privileged: request.Privileged ?? false,
      ...(user ? { user } : {}),
    },
    OpenStdin: request.AttachStdin ?? false,
    OpenStderr: request.AttachStderr ?? false,
    OpenStdout: request.AttachStdout ?? false,
    CanRemove: false,
    ContainerID: container.id,
    DetachKeys: request.DetachKeys ? Buffer.from(exec.detachKeys).toString("latin1") : "",
    Pid: exec.identity?.pid ?? 0,
  };
}

/** Gives the exec's terminal a new size. */
export async function resizeExec(
  engine: EngineContext,
  id: string,
  { height, width }: { height: number; width: number },
): Promise<void> {
  const exec = engine.execs.active(id);
  if (exec.stdio === undefined) throw invalid("exec process is not started");
  exec.stdio.resize({ rows: height, cols: width });
}
