import type { ExecVerbs } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { createExec } from "./create.ts";
import { inspectExec, resizeExec } from "./inspect.ts";
import { prepareExec, startDetached } from "./start.ts";

/** The verbs of /exec. */
export function execVerbs(engine: EngineContext): ExecVerbs {
  return {
    create: (container, request) => createExec(engine, container, request),
    prepare: (id, request) => prepareExec(engine, id, request),
    startDetached: (id, request) => startDetached(engine, id, request),
    resize: (id, size) => resizeExec(engine, id, size),
    inspect: (id) => inspectExec(engine, id),
  };
}
