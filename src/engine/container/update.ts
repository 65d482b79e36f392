import type * as api from "../../api/index.ts";
import { conflict, SlipwayError } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { changePorts } from "./network/update-ports.ts";
import { watchMemory } from "./oom.ts";
import { runtimeOf } from "./runtime-of.ts";
import { resourcesFor } from "./spec/resources.ts";
import { isRunning } from "./status.ts";
import { Undo } from "./undo.ts";
import { validateResources } from "./validate/resources.ts";
import { validateRestartPolicy } from "./validate/restart.ts";

/** `update`: changes limits, of a running container at once, and the restart policy. */
export async function updateContainer(
  engine: EngineContext,
  ref: string,
  request: api.ContainerUpdateRequest,
): Promise<{ Warnings: string[] }> {
  const container = engine.containers.find(ref);
  const asked = given(request);
  const warnings: string[] = [];
  validateResources(asked, engine.host, warnings, { update: true });
  validateRestartPolicy(asked);
  await container.mutex.run(() => change(engine, container, asked));
  emit(engine, container, "update");
  return { Warnings: warnings };
}

/** Ports first: one that is taken leaves the limits as they are. */
async function change(
  engine: EngineContext,
  container: Container,
  { PublishAdd, PublishRemove, ...asked }: api.ContainerUpdateRequest,
): Promise<void> {
  const undo = new Undo();
  try {
    if (PublishAdd || PublishRemove) {
      const ports = {
        ...(PublishAdd ? { Add: PublishAdd } : {}),
        ...(PublishRemove ? { Remove: PublishRemove } : {}),
      };
      await changePorts(engine, container, ports, undo);
    }
    apply(engine, container, asked);
  } catch (error) {
    await undo.run((problem) => engine.log("error", problem));
    throw error;
  }
}

/** What the request names: zero, empty and null leave a setting as it is. */
function given(request: api.ContainerUpdateRequest): api.ContainerUpdateRequest {
  const entries = Object.entries(request).filter(([name, value]) => {
    if (name === "RestartPolicy") return Boolean((value as api.RestartPolicy | null)?.Name);
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
  return Object.fromEntries(entries) as api.ContainerUpdateRequest;
}

function apply(engine: EngineContext, container: Container, asked: api.ContainerUpdateRequest): void {
  const { record } = container;
  const prefix = `Cannot update container ${record.id}`;
  if (record.removing || record.state.status === "dead") {
    throw conflict(`${prefix}: container is marked for removal and cannot be "update"`);
  }
  const { RestartPolicy, ...limits } = asked;
  if (RestartPolicy && record.hostConfig.AutoRemove && RestartPolicy.Name !== "no") {
    throw conflict(
      `${prefix}: Restart policy cannot be updated because AutoRemove is enabled for the container`,
    );
  }
  refuseContradictions(prefix, record.hostConfig, limits);
  const merged: api.HostConfig = { ...record.hostConfig, ...limits };
  if (RestartPolicy) merged.RestartPolicy = RestartPolicy;
  const running = isRunning(record) && record.state.status !== "restarting";
  if (running && Object.keys(limits).length > 0) {
    try {
      runtimeOf(engine, record).update(record.id, resourcesFor({ ...limits }));
    } catch (error) {
      if (error instanceof SlipwayError)
        throw new SlipwayError(error.kind, `${prefix}: ${error.message}`, { cause: error });
      throw error;
    }
  }
  record.hostConfig = merged;
  if (running) watchMemory(engine, container);
  if (RestartPolicy) container.backoff.reset();
  engine.containers.save(container);
}

function refuseContradictions(prefix: string, now: api.HostConfig, asked: api.Resources): void {
  if (asked.NanoCpus && (now.CpuQuota || now.CpuPeriod)) {
    throw conflict(
      `${prefix}: Conflicting options: Nano CPUs cannot be updated as CPU Period/Quota has already been set`,
    );
  }
  if ((asked.CpuQuota || asked.CpuPeriod) && now.NanoCpus) {
    throw conflict(
      `${prefix}: Conflicting options: CPU Period/Quota cannot be updated as NanoCPUs has already been set`,
    );
  }
  const swap = asked.MemorySwap ?? now.MemorySwap ?? 0;
  if (asked.Memory && swap > 0 && asked.Memory > swap) {
    throw conflict(
      `${prefix}: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time`,
    );
  }
}
