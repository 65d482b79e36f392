import { unavailable } from "../../errors/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { EngineContext } from "../context.ts";
import type { ContainerRecord } from "./record.ts";

/** The OCI runtime that a container asked for, or the default one. */
export function runtimeOf(
  { runtimes, config }: Pick<EngineContext, "runtimes" | "config">,
  { hostConfig }: ContainerRecord,
): Runtime {
  const name = hostConfig.Runtime || config.defaultRuntime;
  const runtime = runtimes.get(name);
  if (runtime === undefined) {
    throw unavailable(
      `the runtime ${name} is no longer configured: start the engine with --add-runtime ${name}=PATH`,
    );
  }
  return runtime;
}
