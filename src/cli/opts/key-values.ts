import { readFileSync } from "node:fs";
import { messageOf } from "../../errors/index.ts";
import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";

/** The lines of files with `KEY=VALUE`, then the values given directly, which win. `#` starts a comment line. */
export function readKeyValues(
  flag: string,
  files: readonly string[],
  values: readonly string[],
  fromEnvironment: boolean,
): string[] {
  return [...files.flatMap((file) => readLines(flag, file, fromEnvironment)), ...values];
}

function readLines(flag: string, file: string, fromEnvironment: boolean): string[] {
  const result: string[] = [];
  for (const raw of contents(flag, file)
    .replace(/^\uFEFF/, "")
    .split("\n")) {
    const line = raw.replace(/\r$/, "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const [name, value] = cut(line, "=");
    const variable = name.trimStart();
    if (variable === "") throw wrong(`--${flag}: invalid variable: no variable name on line '${line}'`);
    if (/\s/.test(variable)) throw wrong(`--${flag}: variable '${variable}' contains whitespaces`);
    if (value !== undefined) result.push(`${variable}=${value}`);
    else if (!fromEnvironment) result.push(variable);
    else if (process.env[variable] !== undefined) result.push(`${variable}=${process.env[variable]}`);
  }
  return result;
}

function contents(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw wrong(`--${flag}: open ${file}: ${messageOf(error)}`);
  }
}

/** `key=value` strings as an object; a bare key has an empty value. */
export function toMap(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key, value = ""] = cut(pair, "=");
      return [key, value];
    }),
  );
}
