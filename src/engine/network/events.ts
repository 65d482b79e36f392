import type { EngineContext } from "../context.ts";
import type { NetworkDefinition } from "./definition.ts";

/** Tells the world what happened to a network; of `connect` and `disconnect` also to which container. */
export function emitNetwork(
  { events }: Pick<EngineContext, "events">,
  { id, name, driver }: Pick<NetworkDefinition, "id" | "name" | "driver">,
  action: "create" | "connect" | "disconnect" | "destroy",
  attributes: { container?: string } = {},
): void {
  events.publish({ type: "network", action, id, attributes: { ...attributes, name, type: driver } });
}
