import { ContentStore } from "../content/index.ts";
import type { EventBus } from "../events/index.ts";
import { ArtifactStore, ImageStore } from "../images/index.ts";
import type { Metastore } from "../metastore/index.ts";
import type { Registries } from "../registry/index.ts";
import { Snapshotter } from "../snapshots/index.ts";
import type { ImageVerbs } from "./backend.ts";
import type { Archives } from "./config/archives.ts";
import { isRunning } from "./container/status.ts";
import type { ContainerStore } from "./container/store.ts";
import type { ImageLookup } from "./context.ts";
import { type FileTrees, fileTrees } from "./files.ts";
import { collectGarbage } from "./image/garbage.ts";
import { imageVerbs } from "./image/index.ts";
import { openHolders } from "./image/layer-holders.ts";
import { imageLookup } from "./image/lookup.ts";
import { Fetches } from "./image/pull/fetches.ts";
import { Slots, unpackingSlots } from "./image/slots.ts";
import type { TransferRooms } from "./image/transfer-rooms.ts";
import type { Paths } from "./paths.ts";

/** Images, snapshots and the files in them. */
export interface Storage {
  images: ImageLookup;
  verbs: ImageVerbs;
  rooms: TransferRooms;
  snapshots: Snapshotter;
  files: FileTrees;
  /** Deletes blobs and layers that no image and no container uses: what interrupted work left. */
  collect(): Promise<void>;
}

export interface StorageOptions {
  paths: Paths;
  dataRoot: string;
  metastore: Metastore;
  events: EventBus;
  containers: ContainerStore;
  registries: Registries;
  /** So many layers come, and so many blobs go, at once. */
  transfers: { downloads: number; uploads: number };
  /** More than that no layer may unpack to. */
  maxLayerBytes: number;
  /** Where base images are made from. */
  archives: Archives;
  /** Whether layers are kept as EROFS images. */
  layerImages: boolean;
}

/** Opens content, snapshots and images and introduces them to each other and to the containers. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { paths, dataRoot, metastore, events, containers, registries, transfers } = options;
  const snapshots = await Snapshotter.open(paths.snapshots, { images: options.layerImages });
  const rooms: TransferRooms = {
    images: new ImageStore(metastore),
    artifacts: new ArtifactStore(metastore),
    content: new ContentStore(paths.content),
    snapshots,
    ...openHolders(dataRoot, snapshots, metastore),
    unpacking: unpackingSlots(),
    maxLayerBytes: options.maxLayerBytes,
    archives: options.archives,
    registries,
    fetches: new Fetches(new Slots(transfers.downloads)),
    uploads: new Slots(transfers.uploads),
    events,
    dataRoot,
    users: () =>
      [...containers].flatMap(({ record }) => {
        const mounted = record.mounts.flatMap(({ image }) => (image === undefined ? [] : [image.id]));
        const imageIds = [...new Set([record.image.id, ...mounted])];
        return imageIds.map((imageId) => ({ id: record.id, imageId, running: isRunning(record) }));
      }),
  };
  return {
    images: imageLookup(rooms),
    verbs: imageVerbs(rooms),
    rooms,
    snapshots,
    files: fileTrees(snapshots),
    collect: () => collectGarbage(rooms),
  };
}
