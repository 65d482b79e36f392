import { join } from "node:path";
import type { Operations } from "../solver/model.ts";
import { ContentChecksums } from "./content/checksums.ts";
import { execOperation } from "./exec/index.ts";
import { CacheMounts } from "./exec/mounts/index.ts";
import { fileOperation } from "./file/index.ts";
import { linkOperation } from "./link.ts";
import type { OpRooms } from "./rooms.ts";
import { gitOperation } from "./source/git.ts";
import { HttpOperation } from "./source/http.ts";
import { imageOperation } from "./source/image.ts";
import { localOperation } from "./source/local.ts";
import { ociLayoutOperation } from "./source/oci-layout.ts";

export type { CacheMountInfo } from "./exec/mounts/cache-mounts.ts";
export { CacheMounts } from "./exec/mounts/index.ts";
export { removeLeftSteps } from "./leftovers.ts";
export type { OpRooms } from "./rooms.ts";

/** Where the caches of `RUN --mount=type=cache` are; one an engine. */
export const openCacheMounts = ({ images }: OpRooms): CacheMounts =>
  new CacheMounts(join(images.dataRoot, "build", "mounts"));

/** How every kind of step is done. */
export function openOperations(rooms: OpRooms, caches: CacheMounts): Operations {
  const checksums = new ContentChecksums(rooms);
  return {
    image: imageOperation(rooms),
    local: localOperation(),
    git: gitOperation(rooms),
    http: new HttpOperation(rooms),
    "oci-layout": ociLayoutOperation(rooms),
    exec: execOperation(rooms, caches, checksums),
    file: fileOperation(rooms, checksums),
    link: linkOperation(rooms),
  };
}
