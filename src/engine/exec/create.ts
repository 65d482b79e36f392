import { randomBytes } from "node:crypto";
import type * as api from "../../api/index.ts";
import { DEFAULT_DETACH_KEYS, parseDetachKeys } from "../../cio/index.ts";
import { conflict, invalid } from "../../errors/index.ts";
import type { Container } from "../container/container.ts";
import { emit } from "../container/events.ts";
import { requireRunning, restarting } from "../container/require.ts";
import { resolveUser } from "../container/spec/user.ts";
import type { EngineContext } from "../context.ts";
import { Exec } from "./exec.ts";

/** Notes a process that is to be started in a running container. */
export async function createExec(
  engine: EngineContext,
  ref: string,
  request: api.ExecCreateRequest,
): Promise<api.IdResponse> {
  const container = engine.containers.find(ref);
  requireActive(container, ref);
  if (!request.Cmd?.length) throw invalid("No exec command specified");
  const keys = parseDetachKeys(request.DetachKeys || DEFAULT_DETACH_KEYS);
  if (request.User) resolveUser(`/proc/${container.record.state.initPid}/root`, request.User, []);
  const exec = noteExec(engine, container, request, keys);
  return { Id: exec.id };
}

function requireActive(container: Container, ref: string): void {
  requireRunning(container);
  const { status } = container.record.state;
  if (status === "paused") throw conflict(`Container ${ref} is paused, unpause the container before exec`);
  if (status === "restarting") throw restarting(container);
}

/** Makes an exec known and tells of it. */
export function noteExec(
  engine: EngineContext,
  container: Container,
  request: api.ExecCreateRequest,
  keys: Uint8Array,
): Exec {
  const exec = new Exec(randomBytes(32).toString("hex"), container, request, keys);
  engine.execs.add(exec);
  container.execs.add(exec.id);
  emit(engine, container, `exec_create: ${exec.commandLine}`, { execID: exec.id });
  return exec;
}
