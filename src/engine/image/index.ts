import type { ImageVerbs } from "../backend.ts";
import { bootstrapImage } from "./bootstrap/index.ts";
import { imageHistory } from "./history.ts";
import { importImage } from "./import.ts";
import { inspectImage } from "./inspect.ts";
import { listImages } from "./list.ts";
import { loadImages } from "./load.ts";
import { pruneImages } from "./prune.ts";
import { pullImage } from "./pull/index.ts";
import { pushImage } from "./push/index.ts";
import { removeImage } from "./remove.ts";
import { saveImages } from "./save.ts";
import { tagImage } from "./tag.ts";
import type { TransferRooms } from "./transfer-rooms.ts";

export { type CommitImageOptions, commitImage } from "./commit.ts";
export { collectGarbage } from "./garbage.ts";
export { Leases } from "./leases.ts";
export { imageLookup } from "./lookup.ts";
export type { ImageRooms, ImageUser } from "./rooms.ts";
export type { TransferRooms } from "./transfer-rooms.ts";

/** The verbs of images: content, layers, snapshots and the image store introduced to each other. */
export function imageVerbs(rooms: TransferRooms): ImageVerbs {
  return {
    list: async (options) => listImages(rooms, options),
    inspect: async (ref, options) => inspectImage(rooms, ref, options),
    history: async (ref, options) => imageHistory(rooms, ref, options),
    tag: (ref, repo, tag) => tagImage(rooms, ref, repo, tag),
    remove: (ref, options) => removeImage(rooms, ref, options),
    prune: (filters) => pruneImages(rooms, filters),
    save: async (refs, options, signal) => saveImages(rooms, refs, options, signal),
    load: (archive, options, signal) => loadImages(rooms, archive, options, signal),
    import: (archive, options, signal) => importImage(rooms, archive, options, signal),
    pull: (options, signal) => pullImage(rooms, options, signal),
    push: (options, signal) => pushImage(rooms, options, signal),
    bootstrap: (options, signal) => bootstrapImage(rooms, options, signal),
  };
}
