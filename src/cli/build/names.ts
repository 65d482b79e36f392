import { messageOf } from "../../errors/index.ts";
import { parseRepositoryAndTag } from "../../oci/reference.ts";
import { wrong } from "../local-error.ts";
import { cut } from "../opts/csv.ts";

/** `-t [TARGET=]NAME[:TAG]` */
export function checkTag(text: string): string {
  const name = text.slice(text.indexOf("=") + 1);
  try {
    parseRepositoryAndTag(name);
  } catch (error) {
    throw wrong(`invalid tag ${JSON.stringify(name)}: ${messageOf(error)}`);
  }
  return text;
}

/** `--annotation [TYPE[PLATFORM],…:]KEY=VALUE`; what the types mean is the engine's matter. */
export function checkAnnotation(text: string): string {
  const [key, value] = cut(text, "=");
  if (key === "" || value === undefined)
    throw wrong(`invalid annotation ${JSON.stringify(text)}, expected key=value`);
  return text;
}
