import { invalid } from "../../errors/index.ts";

export type LogOptions = Readonly<Record<string, string>>;

/** Limits of a log on disk. */
export interface Rotation {
  /** Bytes after which a file is full. */
  readonly maxSize: number;
  /** The number of files, the one being written included. */
  readonly maxFiles: number;
  readonly compress: boolean;
}

const SIZE_UNITS = ["", "k", "m", "g", "t", "p"];
const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);
const ATTRIBUTE_OPTIONS = ["env", "env-regex", "labels", "labels-regex", "tag"];
const ROTATION_OPTIONS = ["max-size", "max-file", "compress"];

/** Throws `invalid` for an option that no file-based driver has. */
export function checkOptionNames(driver: string, options: LogOptions): void {
  const known = [...ROTATION_OPTIONS, ...ATTRIBUTE_OPTIONS];
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw invalid(`unknown log opt '${name}' for ${driver} log driver; it has: ${known.join(", ")}`);
    }
  }
}

/** Reads `max-size`, `max-file` and `compress`. */
export function parseRotation(options: LogOptions, defaults: Rotation): Rotation {
  const maxFiles = parseCount("max-file", options["max-file"]) ?? defaults.maxFiles;
  const explicit = parseBoolean("compress", options.compress);
  if (explicit === true && maxFiles < 2) {
    throw invalid("compress cannot be true when max-file is less than 2: only rotated files are compressed");
  }
  return {
    maxSize: parseSize("max-size", options["max-size"]) ?? defaults.maxSize,
    maxFiles,
    compress: explicit ?? (defaults.compress && maxFiles > 1),
  };
}

function parseSize(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(value);
  const bytes = match && Math.floor(Number(match[1]) * 1000 ** SIZE_UNITS.indexOf(match[2]!.toLowerCase()));
  if (!bytes) throw invalid(`invalid value for ${name}: '${value}'; give a positive size such as 10m`);
  return bytes;
}

function parseCount(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const count = /^\d+$/.test(value) ? Number(value) : 0;
  if (count < 1) throw invalid(`invalid value for ${name}: '${value}'; give a number of files, at least 1`);
  return count;
}

function parseBoolean(name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (TRUE.has(value)) return true;
  if (FALSE.has(value)) return false;
  throw invalid(`invalid value for ${name}: '${value}'; give true or false`);
}
