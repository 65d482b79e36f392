import { wrong } from "../local-error.ts";

/** `repository[:tag]` apart; a digest has no place in the name of a new image. */
export function splitTarget(text: string): { repo?: string; tag?: string } {
  if (text === "") return {};
  if (text.includes("@")) throw wrong(`refusing to create a tag with a digest reference: ${text}`);
  const match = /^(.+?)(?::([^/:]+))?$/.exec(text)!;
  return { repo: match[1]!, tag: match[2] ?? "latest" };
}
