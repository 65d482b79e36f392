import { readFileSync, writeFileSync } from "node:fs";
import { errnoOf, invalid, systemError } from "../../errors/index.ts";

/** A control file's text without its last newline; undefined when the file or its group is not there. */
export function readControl(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1").trimEnd();
  } catch (error) {
    // ENODEV: the group was removed while its file was open.
    if (["ENOENT", "ENODEV", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** A single number; undefined for `max` and for what version 1 uses in its place. */
export function readNumber(path: string): number | undefined {
  const text = readControl(path);
  if (text === undefined || text === "max" || text === "") return undefined;
  const value = Number(text);
  return value >= unlimitedPages ? undefined : value;
}

/** Version 1 says "no limit" by the largest multiple of a page. */
const unlimitedPages = 0x7ffffffffffff000;

/** `name value` in each line. */
export function readKeyed(path: string): Record<string, number> | undefined {
  const text = readControl(path);
  if (text === undefined) return undefined;
  const result: Record<string, number> = {};
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0) result[line.slice(0, space)] = Number(line.slice(space + 1));
  }
  return result;
}

export function readPids(path: string): number[] {
  return (readControl(path) ?? "").split("\n").filter(Boolean).map(Number);
}

/** Writes a value; a value that the kernel refuses is `invalid`. `what` is the limit in the user's words. */
export function writeControl(path: string, value: string | number, what: string): void {
  try {
    writeFileSync(path, String(value), { flag: "r+" });
  } catch (cause) {
    const errno = errnoOf(cause);
    const details = errno === undefined ? { cause } : { cause, errno };
    const refused = ["EINVAL", "ERANGE", "EBUSY", "ENOSPC"].includes(errno ?? "");
    const message = `cannot set ${what} to ${value}: ${errno ?? cause}`;
    throw refused ? invalid(message, details) : systemError(message, details);
  }
}
