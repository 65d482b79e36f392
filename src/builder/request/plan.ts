import type { BuildPlan } from "../../api/build.ts";
import { parseDockerfile, type Source } from "../dockerfile/index.ts";
import type { FrontendResult } from "../target.ts";

/** The instructions that come before the end of the target's stage, as they are written, with the steps that were made of them. */
export function planOf(source: Source, { targets, places }: FrontendResult): BuildPlan {
  const vertices = new Map([...places].map(([vertex, { start }]) => [start.line, vertex]));
  const nodes = parseDockerfile(source).nodes;
  const froms = nodes.flatMap(({ keyword }, at) => (keyword.toLowerCase() === "from" ? [at] : []));
  const stage = Math.max(...targets.map(({ stage }) => stage));
  return {
    Instructions: nodes.slice(0, froms[stage + 1]).map(({ text, range }) => {
      const Vertex = vertices.get(range.start.line);
      return { Text: text, ...(Vertex === undefined ? {} : { Vertex }) };
    }),
  };
}
