import { resolve } from "node:path";
import type { BuildCacheOption } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "../opts/csv.ts";

/** `type=registry,ref=…`, or an image's name alone, which means the same. */
export function parseCacheOption(text: string): BuildCacheOption {
  const fields = csvFields(text);
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && !only.includes("="))
    return { Type: "registry", Attributes: { ref: only } };
  const values = Object.fromEntries(
    fields.map((field) => {
      const [key, value] = cut(field, "=");
      if (value === undefined) throw wrong(`invalid value ${field}`);
      return [key.toLowerCase(), value];
    }),
  );
  const { type, ...attributes } = values;
  if (!type) throw wrong(`type required form> "${text}"`);
  // The engine has another working directory.
  for (const key of ["src", "dest"])
    if (attributes[key] !== undefined) attributes[key] = resolve(attributes[key]);
  return { Type: type, Attributes: attributes };
}
