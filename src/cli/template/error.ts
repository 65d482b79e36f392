import { LocalError } from "../local-error.ts";

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split("\n").length;
}

/** A template that cannot be read. */
export function templateError(source: string, at: number, message: string): LocalError {
  return new LocalError(`template parsing error: template: :${lineOf(source, at)}: ${message}`);
}

/** A template that cannot be carried out on its data; quotes the part that failed. */
export function executionError(source: string, start: number, end: number, message: string): LocalError {
  const column = start - (source.lastIndexOf("\n", start - 1) + 1);
  const place = `:${lineOf(source, start)}:${column}`;
  const part = source.slice(start, end).trim();
  const shown = part.length > 20 ? `${part.slice(0, 20)}...` : part;
  return new LocalError(`template parsing error: template: ${place}: executing "" at <${shown}>: ${message}`);
}
