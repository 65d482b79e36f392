import { readFileSync } from "node:fs";
import type { BuildSecret } from "../../api/index.ts";
import { errnoOf, messageOf } from "../../errors/index.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "../opts/csv.ts";

const maxBytes = 500 << 10;

/** `id=NAME[,src=FILE|,env=VARIABLE]`; without a source the variable, or else the file, is called like the id. */
export function readSecret(text: string): BuildSecret {
  const { id, src, env, type } = fieldsOf(text);
  if (!id) throw wrong(`invalid secret ${text}: id is missing`);
  const variable = env ?? (type === "env" ? (src ?? id) : undefined);
  const ambient = src === undefined && type !== "file" && process.env[id] !== undefined ? id : undefined;
  const name = variable ?? ambient;
  if (name !== undefined) {
    // As for docker, a variable that is not set is an empty secret.
    return { ID: id, Data: Buffer.from(process.env[name] ?? "").toString("base64") };
  }
  return { ID: id, Data: content(src ?? id).toString("base64") };
}

function fieldsOf(text: string): Record<string, string | undefined> {
  const pairs = csvFields(text).map((field) => {
    const [key, value] = cut(field, "=");
    if (value === undefined) throw wrong(`invalid field '${field}' must be a key=value pair`);
    const name = key.toLowerCase() === "source" ? "src" : key.toLowerCase();
    if (!["id", "src", "env", "type"].includes(name)) throw wrong(`unexpected key '${key}' in '${field}'`);
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}

function content(path: string): Buffer {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > maxBytes)
      throw wrong(`invalid secret size ${bytes.length}: at most ${maxBytes} bytes`);
    return bytes;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    const why = errnoOf(error) === "ENOENT" ? "no such file or directory" : messageOf(error);
    throw wrong(`failed to stat ${path}: ${why}`);
  }
}
