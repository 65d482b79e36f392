import { invalid } from "../../errors/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseReference, type Reference } from "../../oci/reference.ts";
import { isObject } from "./documents.ts";
import type { Lease } from "./leases.ts";
import { type PackedImage, packImage } from "./packed.ts";
import type { ImageRooms } from "./rooms.ts";
import type { SpooledArchive } from "./spool.ts";

/** A member of manifest.json, as docker save writes it since version 1.10. */
interface DockerImage {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

/** The images of an archive with a manifest.json. */
export async function dockerImages(
  rooms: ImageRooms,
  archive: SpooledArchive,
  lease: Lease,
): Promise<PackedImage[]> {
  const images: PackedImage[] = [];
  for (const entry of parseManifest(archive.documents.get("manifest.json"))) {
    const config = member(archive, entry.Config, "the image configuration");
    const named = /([0-9a-f]{64})(\.json)?$/.exec(entry.Config)?.[1];
    if (named !== undefined && config !== `sha256:${named}`) {
      throw invalid(`invalid archive: the digest of ${entry.Config} is ${config}`);
    }
    const layers = entry.Layers.map((name) => member(archive, name, "the layer"));
    images.push(await packImage(rooms, config, layers, entry.RepoTags.map(parseTag), lease));
  }
  return images;
}

function member(archive: SpooledArchive, name: string, what: string): Digest {
  const blob = archive.blob(name);
  if (blob === undefined) throw invalid(`invalid archive: ${what} ${name} is missing`);
  return blob;
}

function parseTag(text: string): Reference {
  const reference = parseReference(text);
  if (reference.tag === undefined) throw invalid(`invalid tag "${text}"`);
  return reference;
}

function parseManifest(value: unknown): DockerImage[] {
  if (!Array.isArray(value)) throw invalid("invalid archive: manifest.json is no list of images");
  return value.map((entry: unknown) => {
    const { Config, RepoTags, Layers } = isObject(entry) ? entry : {};
    if (typeof Config !== "string" || !isStrings(Layers) || !isStrings(RepoTags ?? [])) {
      throw invalid("invalid archive: manifest.json names an image without Config and Layers");
    }
    return { Config, Layers, RepoTags: (RepoTags ?? []) as string[] };
  });
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
