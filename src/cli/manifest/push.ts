import type { Descriptor } from "../../oci/image.ts";
import { type Reference, repositoryOf } from "../../oci/reference.ts";
import type { Repository } from "../../registry/index.ts";
import { bytesOf, type ImageManifest, parsedOf } from "./image-manifest.ts";
import { asked, untilTheEnd } from "./repository.ts";

/** Brings an image's manifest, with all that it names, from another repository of the same registry. */
export async function bringImage(
  image: ImageManifest,
  from: { reference: Reference; repository: Repository },
  to: { reference: Reference; repository: Repository },
): Promise<string> {
  const { config, layers } = parsedOf(image);
  for (const blob of [config, ...layers]) await asked(bringBlob(blob, from, to.repository));
  const { digest, mediaType } = image.Descriptor;
  const put = to.repository.putManifest(digest, mediaType, bytesOf(image), untilTheEnd);
  return `Pushed ref ${repositoryOf(to.reference)}@${digest} with digest: ${await asked(put)}\n`;
}

/** The registry makes it the other repository's too, or else it goes through here. */
async function bringBlob(
  blob: Descriptor,
  from: { reference: Reference; repository: Repository },
  to: Repository,
): Promise<void> {
  // What is fetched from elsewhere by its URLs is not in the registry.
  if (blob.urls?.length) return;
  if (await to.mountBlob(blob.digest, from.reference.path, untilTheEnd)) return;
  if (await to.hasBlob(blob.digest, untilTheEnd)) return;
  const open = (offset: number) => from.repository.blob(blob, { offset, signal: untilTheEnd });
  await to.uploadBlob(blob, open, { signal: untilTheEnd });
}
