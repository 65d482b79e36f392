import { notImplemented } from "../errors/index.ts";
import type { Digest } from "../oci/digest.ts";
import { execOperation } from "./op/exec/index.ts";
import type { CacheMounts } from "./op/exec/mounts/cache-mounts.ts";
import type { OpRooms } from "./op/rooms.ts";
import type { Operation, Operations } from "./solver/index.ts";

const missing = (what: string): Operation<never> => ({
  key: async () => undefined,
  run: async () => {
    throw notImplemented(`${what} is not implemented yet`);
  },
});

/** What steps do, by their kind. */
export function operations(rooms: OpRooms): Operations {
  return {
    image: {
      key: async (op) => op.id,
      run: async (op) => {
        const image = rooms.images.images.get(op.id);
        if (image === undefined) throw new TypeError("no image");
        const layers = image.chain.map((chainID, at) => ({
          chainID,
          diffID: image.config.rootfs.diff_ids[at] as Digest,
          size: image.record.layerSizes[at] ?? 0,
          created: image.config.created ?? "",
        }));
        return { kind: "layers", layers };
      },
    },
    local: {
      key: async () => undefined,
      run: async (op, _, job) => ({
        kind: "directory",
        path: job.session.directories.get(op.name) ?? "",
        ignore: op.ignore,
      }),
    },
    git: missing("git"),
    http: missing("http"),
    "oci-layout": missing("oci"),
    file: missing("file"),
    link: missing("link"),
    exec: execOperation(rooms, undefined as unknown as CacheMounts, {
      of: async () => {
        throw notImplemented("no checksums");
      },
    }),
  };
}
