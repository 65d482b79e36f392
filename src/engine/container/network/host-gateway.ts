import type { EngineContext } from "../../context.ts";

/** The addresses under which containers find the host: the configured ones, or those of the default bridge. */
export function hostAddresses({ config, networks }: Pick<EngineContext, "config" | "networks">): string[] {
  if (config.hostGatewayIps.length > 0) return config.hostGatewayIps;
  return (networks.named("bridge")?.blocks ?? []).flatMap(({ gateway }) => gateway ?? []);
}
