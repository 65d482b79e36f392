import { conflict } from "../../../errors/index.ts";
import type { Image } from "../../../images/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { ImageOp } from "../../graph/index.ts";
import type { BuiltLayer, Operation } from "../../solver/model.ts";
import type { OpRooms } from "../rooms.ts";

/** FROM: the layers of an image, which was brought here when its name was resolved. Never worth a place in a cache. */
export function imageOperation({ images: { images } }: OpRooms): Operation<ImageOp> {
  return {
    key: async () => undefined,
    async run({ id, reference }) {
      const image = images.get(id);
      if (image === undefined)
        throw conflict(`the image ${reference} was removed during the build: build again`);
      return { kind: "layers", layers: layersOf(image) };
    },
  };
}

export function layersOf({ chain, config, record }: Image): BuiltLayer[] {
  return chain.map((chainID, at) => ({
    chainID,
    diffID: config.rootfs.diff_ids[at] as Digest,
    size: record.layerSizes[at] ?? 0,
    created: config.created ?? "1970-01-01T00:00:00Z",
  }));
}
