import { type Edge, vertex } from "../../graph/index.ts";
import type { Conversion } from "./conversion.ts";
import { fileTime } from "./file-time.ts";

/** A tree with one file: a heredoc. */
export function documentTree({ options }: Conversion, name: string, content: string, mode: number): Edge {
  const action = { action: "write", path: `/${name}`, content, mode } as const;
  const op = { kind: "file", actions: [action], time: fileTime(options) } as const;
  return vertex(op, [undefined], { name: "[internal] preparing inline document" });
}
