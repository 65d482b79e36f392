import type { EngineContext } from "../context.ts";
import { emit } from "./events.ts";
import { requireProcess } from "./require.ts";

/** `resize`: gives the container's terminal a new size. */
export async function resizeContainer(
  engine: EngineContext,
  ref: string,
  { height, width }: { height: number; width: number },
): Promise<void> {
  const container = engine.containers.find(ref);
  requireProcess(container);
  container.stdio?.resize({ rows: height, cols: width });
  emit(engine, container, "resize", { height: String(height), width: String(width) });
}
