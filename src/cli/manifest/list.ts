import { mediaTypes } from "../../oci/image.ts";
import type { Platform } from "../../oci/platform.ts";
import { parseReference, type Reference } from "../../oci/reference.ts";
import { wrong } from "../local-error.ts";
import type { ImageManifest } from "./image-manifest.ts";

/**
 * The index of some images, byte for byte as docker's command line makes it: the same list has the same digest. Its
 * type is OCI's when the first image's is.
 */
export function listOf(
  target: Reference,
  images: readonly ImageManifest[],
): { mediaType: string; text: string } {
  for (const { Ref } of images) {
    const { domain } = parseReference(Ref);
    if (domain === target.domain) continue;
    throw wrong(
      `cannot use source images from a different registry than the target image: ${domain} != ${target.domain}`,
    );
  }
  const isOci = images[0]?.Descriptor.mediaType === mediaTypes.manifest;
  const mediaType = isOci ? mediaTypes.index : mediaTypes.dockerManifestList;
  const manifests = images.map(({ Descriptor: { mediaType, size, digest, platform } }) => ({
    ...{ mediaType, size, digest },
    platform: ordered(platform ?? { architecture: "", os: "" }),
  }));
  return { mediaType, text: JSON.stringify({ schemaVersion: 2, mediaType, manifests }, undefined, 3) };
}

function ordered(platform: Platform): Platform {
  return {
    architecture: platform.architecture,
    os: platform.os,
    ...(platform["os.version"] ? { "os.version": platform["os.version"] } : {}),
    ...(platform["os.features"]?.length ? { "os.features": platform["os.features"] } : {}),
    ...(platform.variant ? { variant: platform.variant } : {}),
  };
}
