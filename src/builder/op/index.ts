import { join } from "node:path";
import { notImplemented } from "../../errors/index.ts";
import type { Op } from "../graph/index.ts";
import type { Operation, Operations } from "../solver/model.ts";
import { ContentChecksums } from "./content/checksums.ts";
import { execOperation } from "./exec/index.ts";
import { CacheMounts } from "./exec/mounts/index.ts";
import { fileOperation } from "./file/index.ts";
import { linkOperation } from "./link.ts";
import type { OpRooms } from "./rooms.ts";
import { imageOperation } from "./source/image.ts";
import { localOperation } from "./source/local.ts";

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
    git: notYet("git contexts"),
    http: notYet("files of the web"),
    "oci-layout": notYet("OCI layouts"),
    exec: execOperation(rooms, caches, checksums),
    file: fileOperation(rooms, checksums),
    link: linkOperation(rooms),
  };
}

function notYet<O extends Op>(what: string): Operation<O> {
  return {
    key: async () => undefined,
    run: async () => {
      throw notImplemented(`${what} are not supported yet`);
    },
  };
}
