import { booleanFilter, checkFilters, filterValues, matchesLabels } from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import type { Image, ImageStore, Target } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseUntil } from "../until.ts";
import { matchesReference } from "./filter.ts";
import { findImage } from "./find.ts";
import { manifestSummaries } from "./manifests.ts";
import type { ImageRooms } from "./rooms.ts";
import { descriptorOf, mainImage, namesOf, unpackedSize } from "./summary.ts";

export interface ListImagesOptions {
  all?: boolean;
  filters?: api.Filters;
  sharedSize?: boolean;
  manifests?: boolean;
}

const accepted = ["dangling", "label", "before", "since", "reference", "until"];

/** Images, the newest first; those that only exist as parents of others are shown with `all`. */
export function listImages(rooms: ImageRooms, options: ListImagesOptions): api.ImageSummary[] {
  const { filters = {}, all = false } = options;
  checkFilters(filters, accepted);
  const dangling = booleanFilter(filters, "dangling");
  const { after, before } = timesOf(rooms, filters);
  const { images } = rooms;
  const shared = options.sharedSize ? sharedLayers(images) : undefined;
  return images
    .targets()
    .map((target) => ({ target, image: mainImage(images, target) }))
    .filter(({ image }) => image.created > after && image.created < before)
    .filter(({ image }) => matchesLabels(filters, "label", image.labels))
    .filter(({ target, image }) => isShown(images, target, image, { filters, all, dangling }))
    .sort((a, b) => b.image.created - a.image.created)
    .map(({ target, image }) => summarise(rooms, target, image, options, shared));
}

function isShown(
  images: ImageStore,
  target: Target,
  { id }: Image,
  { filters, all, dangling }: { filters: api.Filters; all: boolean; dangling: boolean | undefined },
): boolean {
  const isParent = images.children(id).length > 0;
  if (dangling === true && isParent) return false;
  const matching = images.names(target).filter((reference) => matchesReference(filters, reference));
  if (matching.length > 0) {
    return dangling !== true || matching.every(({ tag }) => tag === undefined);
  }
  if (dangling === false || filters.reference !== undefined) return false;
  return all || !isParent;
}

function summarise(
  rooms: ImageRooms,
  target: Target,
  image: Image,
  { filters = {}, manifests = false }: ListImagesOptions,
  shared: ReadonlyMap<Digest, number> | undefined,
): api.ImageSummary {
  const { images, users } = rooms;
  const here = images.imagesOf(target);
  const chains = new Set(here.flatMap(({ chain }) => chain));
  return {
    Id: image.id,
    ParentId: image.record.parent ?? "",
    ...namesOf(images.names(target).filter((reference) => matchesReference(filters, reference))),
    Created: Math.floor(image.created / 1000),
    Size: unpackedSize(here),
    SharedSize: shared === undefined ? -1 : sum([...chains].map((chain) => shared.get(chain) ?? 0)),
    Labels: image.labels,
    Containers: users().filter(({ imageId }) => here.some(({ id }) => id === imageId)).length,
    Descriptor: descriptorOf(target.descriptor, target.isIndex ? undefined : image),
    ...(manifests ? { Manifests: manifestSummaries(rooms, target) } : {}),
  };
}

/** Several values mean all of them. Milliseconds since the epoch. */
function timesOf({ images }: ImageRooms, filters: api.Filters): { after: number; before: number } {
  const created = (ref: string) => findImage(images, ref).created;
  const before = [
    ...filterValues(filters, "before").map(created),
    ...filterValues(filters, "until").map((value) => Number(parseUntil(value)) / 1e6),
  ];
  return {
    after: Math.max(Number.NEGATIVE_INFINITY, ...filterValues(filters, "since").map(created)),
    before: Math.min(Number.POSITIVE_INFINITY, ...before),
  };
}

/** Bytes of the layers that several of the listed have. */
function sharedLayers(images: ImageStore): Map<Digest, number> {
  const users = new Map<Digest, number>();
  const sizes = new Map<Digest, number>();
  for (const target of images.targets()) {
    const here = images.imagesOf(target);
    for (const { chain, record } of here) {
      for (const [index, id] of chain.entries()) sizes.set(id, record.layerSizes[index] ?? 0);
    }
    for (const id of new Set(here.flatMap(({ chain }) => chain))) users.set(id, (users.get(id) ?? 0) + 1);
  }
  return new Map([...sizes].filter(([id]) => (users.get(id) ?? 0) > 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
