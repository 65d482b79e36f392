import { readFileSync } from "node:fs";
import { messageOf } from "../../errors/index.ts";
import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";

export interface Security {
  SecurityOpt: string[] | null;
  MaskedPaths?: string[];
  ReadonlyPaths?: string[];
}

/** `--security-opt` values; a seccomp profile's file is read here, since the engine may be elsewhere. */
export function parseSecurity(options: readonly string[]): Security {
  const texts = options.map(readOption);
  const kept = texts.filter((text) => text !== "systempaths=unconfined");
  const unconfined = kept.length < texts.length ? { MaskedPaths: [], ReadonlyPaths: [] } : {};
  return { SecurityOpt: texts.length === 0 ? null : kept, ...unconfined };
}

function readOption(option: string): string {
  let [key, value] = cut(option, "=");
  if (value === undefined && key !== "no-new-privileges") [key, value] = cut(option, ":");
  if (!value && key !== "no-new-privileges") throw wrong(`invalid --security-opt: ${JSON.stringify(option)}`);
  if (key !== "seccomp" || value === undefined || value === "builtin" || value === "unconfined")
    return option;
  return `seccomp=${readProfile(value)}`;
}

function readProfile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw wrong(`opening seccomp profile (${path}) failed: ${messageOf(error)}`);
  }
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (error) {
    throw wrong(`compacting json for seccomp profile (${path}) failed: ${messageOf(error)}`);
  }
}
