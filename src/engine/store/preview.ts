import type * as api from "../../api/index.ts";
import { familiarReference } from "../../oci/reference.ts";
import type { PrunePreviewOptions } from "../backend.ts";
import { prunableContainers } from "../container/prune.ts";
import type { EngineContext } from "../context.ts";
import { prunable } from "../image/prune.ts";
import type { ImageRooms } from "../image/rooms.ts";
import { prunableNetworks } from "../network/prune.ts";
import { prunableVolumes } from "../volume/index.ts";
import { ownBytes } from "../volume/usage.ts";
import { planRemoval } from "./removal.ts";

/** What the prunes of containers, networks, volumes and images, in this order, would delete; nothing is touched. */
export async function previewPrune(
  engine: EngineContext,
  rooms: ImageRooms,
  { containers, networks, volumes, images, filters }: PrunePreviewOptions,
): Promise<api.PrunePreview> {
  const { dangling, ...common } = filters;
  const { all, ...unspecific } = common;
  const goneContainers = containers ? prunableContainers(engine, unspecific).map(({ record }) => record) : [];
  const gone = new Set(goneContainers.map(({ id }) => id));
  const users = (volume: string) => engine.containers.usersOfVolume(volume).filter((id) => !gone.has(id));
  const { until: _, ...ofVolumes } = common;
  const goneVolumes = volumes ? prunableVolumes({ volumes: engine.volumes, users }, ofVolumes) : [];
  const left = rooms.users().filter(({ id }) => !gone.has(id));
  const ofImages = { ...unspecific, ...(dangling === undefined ? {} : { dangling }) };
  const removal = planRemoval(rooms, images ? prunable(rooms, ofImages, left) : [], left);
  const sizes = await Promise.all([
    ...goneContainers.map(async (record) => (await engine.rootfs.sizes(record)).SizeRw),
    ...goneVolumes.map(({ name }) => ownBytes(engine.volumes, name)),
  ]);
  return {
    ContainersDeleted: [...gone],
    NetworksDeleted: networks ? prunableNetworks(engine, unspecific).map(({ name }) => name) : [],
    VolumesDeleted: goneVolumes.map(({ name }) => name),
    ImagesDeleted: [
      ...removal.names.map((name) => ({ Untagged: familiarReference(name) })),
      ...removal.images.map(({ id }) => ({ Deleted: id })),
      ...[...removal.layers.keys()].map((id) => ({ Deleted: id })),
    ],
    SpaceReclaimed: [...sizes, ...removal.layers.values()].reduce((sum, size) => sum + size, 0),
  };
}
