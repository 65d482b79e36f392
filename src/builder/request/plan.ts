import type { BuildPlan } from "../../api/build.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseDockerfile, type Source } from "../dockerfile/index.ts";
import type { FrontendResult, Trigger } from "../target.ts";

/**
 * The instructions that come before the end of the target's stage, as they are written, with the steps that were made of them. Labels of
 * the request count as instructions at the end, as with Docker's classic builder.
 */
export function planOf(
  source: Source,
  { targets, places, triggers }: FrontendResult,
  labels: Readonly<Record<string, string>>,
): BuildPlan {
  const brought = new Set([...triggers.values()].flat().flatMap(({ vertices }) => vertices));
  const vertices = new Map<number, Digest[]>();
  for (const [vertex, { start }] of places)
    if (!brought.has(vertex)) vertices.set(start.line, [...(vertices.get(start.line) ?? []), vertex]);
  const nodes = parseDockerfile(source).nodes;
  const froms = nodes.flatMap(({ keyword }, at) => (keyword.toLowerCase() === "from" ? [at] : []));
  const stage = Math.max(...targets.map(({ stage }) => stage));
  const written = nodes.slice(0, froms[stage + 1]).map(({ keyword, text, range }) => ({
    Keyword: keyword.toLowerCase(),
    Text: text.trim(),
    Vertices: vertices.get(range.start.line) ?? [],
    ...triggersAt(triggers.get(range.start.line)),
  }));
  const added = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ Keyword: "label", Text: `LABEL ${name}=${value}`, Vertices: [] }));
  return { Instructions: [...written, ...added] };
}

function triggersAt(
  all: readonly Trigger[] | undefined,
): Pick<BuildPlan["Instructions"][number], "Triggers"> {
  if (all === undefined) return {};
  return { Triggers: all.map(({ keyword, vertices }) => ({ Keyword: keyword, Vertices: [...vertices] })) };
}
