import type * as api from "../../api/index.ts";
import type { StoreVerbs } from "../../engine/backend.ts";
import { bytes } from "./containers.ts";

/** A store in which nothing is wrong; it remembers what it was asked. */
export class TestStore implements StoreVerbs {
  last: unknown;

  async *check(options: unknown): AsyncGenerator<api.ProgressMessage> {
    this.last = options;
    yield { id: "blobs", status: "Hashing" };
  }

  async usage() {
    return {
      ...{ Root: "/data", Blobs: 1, PartialDownloads: 0, Layers: 2, Containers: 0, Volumes: 0, Metadata: 1 },
      ...{ Total: 4, FreeSpace: 10, FileSystemSize: 20 },
    };
  }

  async previewPrune(options: unknown) {
    this.last = options;
    return {
      ContainersDeleted: [],
      NetworksDeleted: [],
      VolumesDeleted: [],
      ImagesDeleted: [],
      SpaceReclaimed: 0,
    };
  }

  async collect(options: unknown) {
    this.last = options;
    return { FreeSpace: 10, Target: 5, Images: [], Leftovers: 0, BuildCache: 0, SpaceReclaimed: 0, Kept: [] };
  }

  async imageTree() {
    return { Roots: [], Empty: [], Shared: 0, Unique: 0 };
  }

  async imageDiff(...refs: unknown[]) {
    this.last = refs;
    return bytes(16);
  }
}
