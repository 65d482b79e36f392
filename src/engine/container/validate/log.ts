import type { HostConfig, LogConfig } from "../../../api/index.ts";
import { logDriver } from "../../../cio/index.ts";
import type { EngineConfig } from "../../config/index.ts";

/**
 * The log driver and its options. What the container does not say, the engine's configuration says; its options
 * belong to its driver only. Throws `invalid` for a driver or an option that does not exist.
 */
export function validateLog(asked: HostConfig["LogConfig"] | null, engine: EngineConfig["log"]): LogConfig {
  const Type = asked?.Type || engine.Type;
  const Config = { ...(Type === engine.Type ? engine.Config : {}), ...asked?.Config };
  logDriver(Type).validate(Config);
  return { Type, Config };
}
