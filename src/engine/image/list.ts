import { booleanFilter, checkFilters, filterValues, matchesLabels } from "../../api/filters.ts";
import type * as api from "../../api/index.ts";
import type { Image } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseUntil } from "../until.ts";
import { matchesReference } from "./filter.ts";
import { findImage } from "./find.ts";
import type { ImageRooms } from "./rooms.ts";
import { descriptorOf, namesOf } from "./summary.ts";

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
  const shared = options.sharedSize ? sharedSizes(rooms) : undefined;
  return rooms.images
    .all()
    .filter((image) => image.created > after && image.created < before)
    .filter((image) => matchesLabels(filters, "label", image.labels))
    .filter((image) => isShown(rooms, image, { filters, all, dangling }))
    .sort((a, b) => b.created - a.created)
    .map((image) => summarise(rooms, image, filters, shared));
}

function isShown(
  { images }: ImageRooms,
  { id }: Image,
  { filters, all, dangling }: { filters: api.Filters; all: boolean; dangling: boolean | undefined },
): boolean {
  const references = images.references(id);
  const isParent = images.children(id).length > 0;
  if (dangling === true && isParent) return false;
  const matching = references.filter((reference) => matchesReference(filters, reference));
  if (matching.length > 0) {
    return dangling !== true || matching.every(({ tag }) => tag === undefined);
  }
  if (dangling === false || filters.reference !== undefined) return false;
  return all || !isParent;
}

function summarise(
  { images, users }: ImageRooms,
  image: Image,
  filters: api.Filters,
  shared: ReadonlyMap<Digest, number> | undefined,
): api.ImageSummary {
  const { RepoTags, RepoDigests } = namesOf(images, image, (reference) =>
    matchesReference(filters, reference),
  );
  return {
    Id: image.id,
    ParentId: image.record.parent ?? "",
    RepoTags,
    RepoDigests,
    Created: Math.floor(image.created / 1000),
    Size: image.size,
    SharedSize: shared?.get(image.id) ?? -1,
    Labels: image.labels,
    Containers: users().filter(({ imageId }) => imageId === image.id).length,
    Descriptor: descriptorOf(image),
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

/** Bytes of each image's layers that other images have, too. */
function sharedSizes({ images }: ImageRooms): Map<Digest, number> {
  const users = new Map<Digest, number>();
  for (const chain of images.all().flatMap((image) => image.chain))
    users.set(chain, (users.get(chain) ?? 0) + 1);
  return new Map(
    images.all().map((image) => {
      const sizes = image.chain.map((chain, index) =>
        (users.get(chain) ?? 0) > 1 ? (image.record.layerSizes[index] ?? 0) : 0,
      );
      return [image.id, sizes.reduce((sum, size) => sum + size, 0)];
    }),
  );
}
