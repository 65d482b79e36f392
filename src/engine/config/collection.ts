import { invalid } from "../../errors/index.ts";
import { bytes } from "./bytes.ts";
import type { RawOptions } from "./flags.ts";

/** An amount of free space: bytes, or a share (0 to 1) of the file system. */
export type FreeSpace = { bytes: number } | { share: number };

const scopes = ["none", "dangling", "unused"] as const;

/** When and what the engine collects by itself. */
export interface CollectionSettings {
  /** Below this it begins; zero: never. */
  readonly minimum: FreeSpace;
  /** It goes on until so much is free. */
  readonly target: FreeSpace;
  /** `dangling`: images without a tag that no container uses; `unused`: all that no container uses. */
  readonly images: (typeof scopes)[number];
  /** Patterns of references, as the filter `reference` takes them. */
  readonly keep: readonly string[];
}

const defaultMinimum = "5%";
const defaultTargetFactor = 1.5;

export function collectionSettings(raw: RawOptions): CollectionSettings {
  const minimum = parseFreeSpace(raw["gc-min-free-space"] ?? defaultMinimum);
  const given = raw["gc-target-free-space"];
  const target = given === undefined ? times(minimum, defaultTargetFactor) : parseFreeSpace(given);
  if (isLess(target, minimum))
    throw invalid(`invalid gc-target-free-space: ${given} is less than gc-min-free-space`);
  const images = scopes.find((scope) => scope === (raw["gc-images"] ?? "dangling"));
  if (images === undefined)
    throw invalid(`invalid gc-images: ${raw["gc-images"]} (use one of ${scopes.join(", ")})`);
  return { minimum, target, images, keep: raw["gc-keep"] ?? [] };
}

/** `10%`, or a size such as `20GB`. */
export function parseFreeSpace(text: string): FreeSpace {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text.trim())?.[1];
  if (percent === undefined) return { bytes: bytes(text) };
  if (Number(percent) > 100) throw invalid(`invalid free space: '${text}' is more than all`);
  return { share: Number(percent) / 100 };
}

export function bytesOf(space: FreeSpace, fileSystemSize: number): number {
  return "bytes" in space ? space.bytes : Math.floor(space.share * fileSystemSize);
}

/** As far as that can be told without knowing the disk. */
function isLess(one: FreeSpace, other: FreeSpace): boolean {
  if ("bytes" in one && "bytes" in other) return one.bytes < other.bytes;
  return "share" in one && "share" in other && one.share < other.share;
}

function times(space: FreeSpace, factor: number): FreeSpace {
  return "bytes" in space ? { bytes: space.bytes * factor } : { share: Math.min(1, space.share * factor) };
}
