import type { TargetRecord } from "../../images/index.ts";
import type { Digest } from "../../oci/digest.ts";
import type { PackedImage } from "./packed.ts";
import type { ImageRooms } from "./rooms.ts";

export interface Registration {
  image: PackedImage;
  layerSizes: readonly number[];
  parent?: Digest;
  /** What the image's references name, when that is an index which the image came by: see `packedIndex`. */
  index?: TargetRecord;
}

/** Brings images, whose blobs and layers are on the disk, into view; those of one index together. */
export function registerImages({ images }: ImageRooms, registrations: readonly Registration[]): void {
  images.add(
    registrations.map(({ image, layerSizes, parent, index }) => {
      const { manifest, configDescriptor, config, layers, references } = image;
      const id = configDescriptor.digest;
      const descent = parent === undefined ? {} : { parent };
      return {
        record: { id, manifest, configDescriptor, config, layers, layerSizes, ...descent },
        references,
        ...(index === undefined ? {} : { index }),
      };
    }),
  );
}
