import type { BuildLocation, BuildWarning } from "../../../api/index.ts";

export const decoded = (text: string): string => Buffer.from(text, "base64").toString();

/** A warning of a check, taken apart. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly description: string;
  readonly url: string | undefined;
  readonly file: string;
  /** The Dockerfile's lines. */
  readonly lines: readonly string[];
  readonly place: NonNullable<BuildWarning["range"]>[number] | undefined;
}

/** `RULE: MESSAGE (line N)` is how builds tell it. */
export function findingOf({ short, detail = [], url, sourceInfo, range = [] }: BuildWarning): Finding {
  const text = decoded(short);
  const colon = text.indexOf(": ");
  return {
    rule: text.slice(0, colon),
    message: text.slice(colon + 2).replace(/ \(line \d+\)$/, ""),
    description: detail.map(decoded).join(" "),
    url,
    file: sourceInfo?.filename ?? "Dockerfile",
    lines: sourceInfo === undefined ? [] : decoded(sourceInfo.data).split("\n"),
    place: range[0],
  };
}

/** A range for each line, as BuildKit has them. */
export function rangesOf({ place }: Pick<Finding, "place">): BuildLocation["ranges"] {
  if (place === undefined) return [];
  const last = Math.max(place.start.line, place.end.line);
  return Array.from({ length: last - place.start.line + 1 }, (_, at) => {
    const line = place.start.line + at;
    return { start: { line }, end: { line } };
  });
}
