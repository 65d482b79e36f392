import type { BuildOutput, BuildRequest } from "../../api/build.ts";
import { invalid } from "../../errors/index.ts";
import { parseRepositoryAndTag, type Reference } from "../../oci/reference.ts";
import { Annotations } from "./annotations.ts";
import type { ImageOptions } from "./image.ts";
import type { Compression } from "./layers.ts";

const compressions = ["uncompressed", "gzip", "zstd"];

/** Attributes of outputs are text; `true` and `1` are yes. */
export const isOn = (value: string | undefined): boolean => value === "true" || value === "1";

/** What an output says of the image that it is to have. */
export function imageOptions(
  { Annotations: given = {} }: BuildRequest,
  { Attributes }: BuildOutput,
  place: "store" | "registry" | "archive",
): ImageOptions {
  // Here layers are kept as they are measured: nobody waits for them to be packed.
  const usual = place === "store" ? "uncompressed" : "gzip";
  const compression = Attributes.compression ?? usual;
  if (!compressions.includes(compression))
    throw invalid(`unsupported layer compression type: ${compression}: use ${compressions.join(", ")}`);
  const level = Attributes["compression-level"];
  if (level !== undefined && !/^\d{1,2}$/.test(level))
    throw invalid(`non-integer value ${level} for compression-level`);
  return {
    compression: compression as Compression,
    force: isOn(Attributes["force-compression"]),
    packed: place === "registry",
    ...(level === undefined ? {} : { level: Number(level) }),
    annotations: new Annotations({ ...given, ...ownAnnotations(Attributes) }),
  };
}

/** `annotation.KEY` and `annotation-index.KEY`, as `--output` has them. */
function ownAnnotations(attributes: Record<string, string>): Record<string, string> {
  const found = Object.entries(attributes).flatMap(([name, value]) => {
    const [, place = "manifest", key] = /^annotation(?:-([a-z-]+(?:\[[^\]]*\])?))?\.(.+)$/.exec(name) ?? [];
    return key === undefined ? [] : [[`${place}:${key}`, value] as const];
  });
  return Object.fromEntries(found);
}

/** Throws `invalid` for a name that no image can have: before anything is built. */
export function checkTags(tags: readonly string[]): void {
  for (const tag of tags) parseRepositoryAndTag(tag.slice(tag.indexOf("=") + 1));
}

/** The names that a target gets: `TARGET=NAME` gives one of several targets a name, `NAME` the last of them. */
export function namesOf(tags: readonly string[], target: string, isLast: boolean): Reference[] {
  return tags.flatMap((tag) => {
    const at = tag.indexOf("=");
    const mine = at < 0 ? isLast : tag.slice(0, at) === target;
    return mine ? [parseRepositoryAndTag(tag.slice(at + 1))] : [];
  });
}
