import type { BuildCacheOption } from "../../../api/build.ts";
import { invalid, notImplemented } from "../../../errors/index.ts";
import type { Compression, LayerOptions } from "../../exporter/layers.ts";

/** What `--cache-to` says, but for where. */
export interface CacheExportOptions extends LayerOptions {
  /** `min`: only steps whose layers an image has in the end. */
  readonly mode: "min" | "max";
  readonly ignoreError: boolean;
  /** An image manifest and not an index, which some registries refuse. */
  readonly imageManifest: boolean;
  readonly ociMediaTypes: boolean;
}

const compressions = ["uncompressed", "gzip", "zstd"];

export function exportOptions({ Attributes: given }: BuildCacheOption): CacheExportOptions {
  const mode = given.mode ?? "min";
  if (mode !== "min" && mode !== "max") throw invalid(`invalid cache export mode: ${mode}: use min or max`);
  const compression = given.compression ?? "gzip";
  if (!compressions.includes(compression))
    throw invalid(`unsupported layer compression type: ${compression}: use ${compressions.join(", ")}`);
  const level = given["compression-level"];
  if (level !== undefined && !/^\d{1,2}$/.test(level))
    throw invalid(`non-integer value ${level} for compression-level`);
  const ociMediaTypes = flag(given, "oci-mediatypes", true);
  const imageManifest = flag(given, "image-manifest", ociMediaTypes);
  if (imageManifest && !ociMediaTypes)
    throw invalid("invalid configuration for image-manifest=true: oci-mediatypes must be true, too");
  return {
    ...{ mode, compression: compression as Compression, imageManifest, ociMediaTypes },
    // Images are kept uncompressed here: their layers are packed for the cache.
    force: true,
    ...(level === undefined ? {} : { level: Number(level) }),
    ignoreError: flag(given, "ignore-error", false),
  };
}

function flag(given: Record<string, string>, name: string, usual: boolean): boolean {
  const value = given[name];
  if (value === undefined) return usual;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalid(`non-bool value ${value} for ${name}`);
}

/** An attribute that there must be. */
export function required({ Type, Attributes }: BuildCacheOption, name: string, where: string): string {
  const value = Attributes[name];
  if (value !== undefined && value !== "") return value;
  throw invalid(`${name} is required for ${Type} cache ${where}`);
}

/** Kinds of caches that Buildx knows and this builder does not are told apart from those that nobody knows. */
export function unknownType(type: string, what: "importer" | "exporter"): Error {
  const known = ["gha", "s3", "azblob"];
  if (known.includes(type))
    return notImplemented(`the cache ${what} ${type} is not supported: use registry, local or inline`);
  return invalid(`unknown cache ${what}: "${type}": use registry, local or inline`);
}
