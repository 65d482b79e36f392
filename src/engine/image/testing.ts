import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as api from "../../api/index.ts";
import { ContentStore } from "../../content/index.ts";
import { EventBus } from "../../events/index.ts";
import { ArtifactStore, ImageStore } from "../../images/index.ts";
import { Metastore } from "../../metastore/index.ts";
import { Registries } from "../../registry/index.ts";
import { Snapshotter } from "../../snapshots/index.ts";
import { registrySettings } from "../config/registry.ts";
import { openHolders } from "./layer-holders.ts";
import { Fetches } from "./pull/fetches.ts";
import type { ImageRooms, ImageUser } from "./rooms.ts";
import { Slots, unpackingSlots } from "./slots.ts";
import type { TransferRooms } from "./transfer-rooms.ts";

export interface TestRooms extends TransferRooms {
  /** Containers that the test pretends to have. */
  readonly containers: ImageUser[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Real rooms in a directory of their own. */
export async function testRooms(): Promise<TestRooms> {
  const dataRoot = mkdtempSync(join(tmpdir(), "slipway-images-"));
  const metastore = Metastore.open(join(dataRoot, "state.db"));
  const containers: ImageUser[] = [];
  const snapshots = await Snapshotter.open(join(dataRoot, "snapshots"));
  return {
    images: new ImageStore(metastore),
    artifacts: new ArtifactStore(metastore),
    content: new ContentStore(join(dataRoot, "content")),
    snapshots,
    ...openHolders(dataRoot, snapshots, metastore),
    unpacking: unpackingSlots(),
    maxLayerBytes: Number.POSITIVE_INFINITY,
    registries: new Registries(registrySettings()),
    fetches: new Fetches(new Slots(3)),
    uploads: new Slots(5),
    archives: { debian: {}, ubuntu: {} },
    events: new EventBus(),
    users: () => containers,
    dataRoot,
    containers,
    async [Symbol.asyncDispose]() {
      metastore.close();
      // Otherwise two delete the same files, and one of them gives up.
      while (await snapshots.isDeleting()) await Bun.sleep(5);
      rmSync(dataRoot, { recursive: true, force: true });
    },
  };
}

export async function collectMessages(
  messages: AsyncIterable<api.ProgressMessage>,
): Promise<api.ProgressMessage[]> {
  return await Array.fromAsync(messages);
}

export const idle: AbortSignal = new AbortController().signal;

/** What is stored: to see that nothing was left behind. */
export async function stored({ content, snapshots, images }: ImageRooms): Promise<Record<string, number>> {
  const blobs = await Array.fromAsync(content.walk());
  return { blobs: blobs.length, snapshots: [...snapshots.walk()].length, images: images.all().length };
}
