import type { Digest } from "../../../oci/digest.ts";
import { type Descriptor, isIndex, type Manifest } from "../../../oci/image.ts";
import { asIndex, asManifest } from "../../image/documents.ts";

/**
 * What must be in a repository before its manifest or index is; `invalid` when the document is neither. Layers that
 * their maker wants to be fetched from elsewhere need not be there.
 */
export function partsOf(mediaType: string, document: unknown, digest: Digest): Descriptor[] {
  if (isIndex(mediaType)) return asIndex(document, digest).manifests;
  const { config, layers } = asManifest(document, digest);
  return [config, ...layers.filter((layer) => !isForeign(layer))];
}

export function hasForeignLayers({ layers }: Manifest): boolean {
  return layers.some(isForeign);
}

function isForeign({ mediaType, urls = [] }: Descriptor): boolean {
  return urls.length > 0 || /foreign|nondistributable/.test(mediaType);
}
