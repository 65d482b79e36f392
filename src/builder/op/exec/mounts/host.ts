import { existsSync, mkdirSync, statSync } from "node:fs";
import { bindMount, parseBind } from "../../../../engine/container/mounts/bind.ts";
import { invalid } from "../../../../errors/index.ts";
import type { PreparedMount } from "./model.ts";

/** `build -v /src:/dst[:ro]`: a directory of the host; as with `docker run`, a missing one is made. */
export function prepareHostBind(text: string): PreparedMount {
  const { source, destination, mode, readOnly, propagation } = parseBind(text);
  if (!source.startsWith("/"))
    throw invalid(`invalid volume specification: '${text}': a build can only mount directories of the host`);
  if (!existsSync(source)) mkdirSync(source, { recursive: true });
  const shape = { source, destination, mode, readOnly, createSource: true };
  const { options } = bindMount(propagation === undefined ? shape : { ...shape, propagation });
  const isFile = !statSync(source).isDirectory();
  return { mount: { destination, type: "bind", source, options }, isFile, env: [] };
}
