import type { Image, ImageStore, Target, TargetManifest } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Descriptor } from "../../oci/image.ts";
import type { Platform } from "../../oci/platform.ts";
import { familiarReference, formatReference, parseReference, type Reference } from "../../oci/reference.ts";
import { findImageFor, findTarget } from "./find.ts";
import { attestedBy } from "./packed-index.ts";
import { mainImage } from "./summary.ts";

/** What is to be saved, under the names that were asked for. */
export interface Selected {
  /** What the archive's index names. */
  readonly descriptor: Descriptor;
  readonly blobs: readonly Descriptor[];
  /** The image that programs get which read no index: what manifest.json names. */
  readonly image: Image;
  /** Blobs of that image's layers, lowest first. */
  readonly layers: readonly Descriptor[];
  readonly references: Reference[];
}

/**
 * By name: what is under that name. A repository: all of its tags. By id: the image without names. One platform: its
 * manifest alone; several: the index with these; none: the index with all that is here.
 */
export function select(
  images: ImageStore,
  refs: readonly string[],
  platforms: readonly string[],
): Selected[] {
  const selected = new Map<Digest, Selected>();
  const add = (ref: string, reference?: Reference) => {
    const chosen = choose(images, ref, platforms);
    const known = selected.get(chosen.descriptor.digest) ?? chosen;
    selected.set(known.descriptor.digest, known);
    if (reference !== undefined && !known.references.some((other) => isSame(other, reference))) {
      known.references.push(reference);
    }
  };
  const names = images.targets().flatMap((target) => images.names(target));
  for (const ref of refs) {
    const meant = tagsMeant(names, ref);
    for (const reference of meant) add(familiarReference(reference), reference);
    if (meant.length === 0) add(ref);
  }
  return [...selected.values()];
}

const isSame = (one: Reference, other: Reference): boolean => formatReference(one) === formatReference(other);

function choose(images: ImageStore, ref: string, platforms: readonly string[]): Selected {
  const target = findTarget(images, ref);
  const wanted = platforms.map((platform) => findImageFor(images, ref, platform));
  const main = mainImage(images, target);
  const image = wanted.length === 0 || wanted.includes(main) ? main : (wanted[0] as Image);
  const { manifests } = target.record;
  const manifest = manifests.find((each) => each.image === image.id) as TargetManifest;
  const own = manifest.blobs ?? [];
  const [, , ...layers] = own;
  const isWhole = target.isIndex && wanted.length !== 1;
  const { descriptor, blobs } = isWhole
    ? { descriptor: target.descriptor, blobs: indexBlobs(target, wanted) }
    : { descriptor: { ...manifest.descriptor, platform: platformOf(image) }, blobs: own };
  return { descriptor, blobs, image, layers, references: [] };
}

/** Of an index with the images that are wanted and what attests them, or with everything that is here. */
function indexBlobs({ record, blobs }: Target, wanted: readonly Image[]): readonly Descriptor[] {
  if (wanted.length === 0) return blobs;
  const images = record.manifests.filter(({ image }) => wanted.some(({ id }) => id === image));
  const digests = new Set<string>(images.map(({ descriptor }) => descriptor.digest));
  const attestations = record.manifests.filter(({ descriptor }) => digests.has(attestedBy(descriptor) ?? ""));
  return [...record.blobs, ...[...images, ...attestations].flatMap((each) => each.blobs ?? [])];
}

function platformOf({ config: { architecture, os, variant } }: Image): Platform {
  return { architecture, os, ...(variant ? { variant } : {}) };
}

function tagsMeant(names: readonly Reference[], ref: string): Reference[] {
  const isId = /^(sha256:)?[0-9a-f]{64}$/.test(ref);
  if (isId) return [];
  const { domain, path, tag, digest } = parseReference(ref);
  if (digest !== undefined) return [];
  return names.filter(
    (own) =>
      own.domain === domain &&
      own.path === path &&
      own.tag !== undefined &&
      (tag === undefined || own.tag === tag),
  );
}
