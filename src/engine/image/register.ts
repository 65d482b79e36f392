import type { Digest } from "../../oci/digest.ts";
import type { PackedImage } from "./packed.ts";
import type { ImageRooms } from "./rooms.ts";

export interface Registration {
  image: PackedImage;
  layerSizes: readonly number[];
  parent?: Digest;
}

/** Brings images, whose blobs and layers are on the disk, into view. */
export function registerImages({ images }: ImageRooms, registrations: readonly Registration[]): void {
  images.add(
    registrations.map(({ image, layerSizes, parent }) => {
      const { manifest, configDescriptor, config, layers, references } = image;
      const id = configDescriptor.digest;
      const descent = parent === undefined ? {} : { parent };
      return {
        record: { id, manifest, configDescriptor, config, layers, layerSizes, ...descent },
        references,
      };
    }),
  );
}
