import type * as api from "../../api/index.ts";
import type { EngineContext } from "../context.ts";

/** `diff`: what the container changed of its image. */
export async function containerChanges(engine: EngineContext, ref: string): Promise<api.FilesystemChange[]> {
  return await engine.files.changes(engine.containers.find(ref).id);
}
