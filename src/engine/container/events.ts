import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";

/** Tells the world what happened to a container; its labels, image and name go with every event. */
export function emit(
  engine: Pick<EngineContext, "events">,
  { record }: Container,
  action: string,
  attributes: Record<string, string> = {},
): void {
  engine.events.publish({
    type: "container",
    action,
    id: record.id,
    attributes: {
      ...attributes,
      ...record.config.Labels,
      ...(record.config.Image ? { image: record.config.Image } : {}),
      name: record.name,
    },
  });
}
