import { messageOf } from "../../errors/index.ts";
import { parseReference, type Reference, withDefaultTag } from "../../oci/reference.ts";
import { wrong } from "../local-error.ts";

/** `repository[:tag]` apart; a digest has no place in the name of a new image. */
export function splitTarget(text: string): { repo?: string; tag?: string } {
  if (text === "") return {};
  if (text.includes("@")) throw wrong(`refusing to create a tag with a digest reference: ${text}`);
  const match = /^(.+?)(?::([^/:]+))?$/.exec(text)!;
  return { repo: match[1]!, tag: match[2] ?? "latest" };
}

/** The complete reference that a name stands for. */
export function parseName(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    throw wrong(messageOf(error));
  }
}

/** What `pull` and `push` are asked for: a tag (`latest` when none is named), a digest, or with `all` a repository. */
export function chooseReference(text: string, all: boolean): { reference: Reference; defaulted: boolean } {
  const named = parseName(text);
  const bare = named.tag === undefined && named.digest === undefined;
  if (all && !bare) throw wrong("tag can't be used with --all-tags/-a");
  return { reference: all ? named : withDefaultTag(named), defaulted: bare && !all };
}
