import type { BuildLocation } from "../../../api/build.ts";
import type { Node, Range } from "../parser/index.ts";

/** The comment before an instruction that begins with a name is the description of what has the name. */
export function descriptionOf({ comments }: Node, name: string): string | undefined {
  if (name === "") return undefined;
  return comments.find((comment) => comment.startsWith(`${name} `))?.slice(name.length + 1);
}

/** A range for each line, as BuildKit has them. */
export function locationOf({ start, end }: Range): BuildLocation {
  const lines = Math.max(1, end.line - start.line + 1);
  return {
    ranges: Array.from({ length: lines }, (_, at) => {
      const line = start.line + at;
      return { start: { line }, end: { line } };
    }),
  };
}

/** A member for what is not empty. */
export function given<K extends string, V>(name: K, value: V | undefined): { [_ in K]?: V } {
  const isEmpty = value === undefined || value === "" || value === false;
  return (isEmpty ? {} : { [name]: value }) as { [_ in K]?: V };
}
