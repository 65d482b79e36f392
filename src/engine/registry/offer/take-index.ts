import { chainIDs, type Digest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import { formatReference } from "../../../oci/reference.ts";
import { asManifest, readDocument } from "../../image/documents.ts";
import { packedImage } from "../../image/packed.ts";
import { mayRun, packedIndex } from "../../image/packed-index.ts";
import { type Registration, registerImages } from "../../image/register.ts";
import { sizesOf } from "../../image/unpack.ts";
import type { Putting, Taken } from "./putting.ts";
import { announce } from "./take-image.ts";
import type { RepositoryView } from "./view.ts";

/** Gives the images of the repository that an index lists its names; without any it is no image. */
export async function takeIndex(putting: Putting): Promise<Taken> {
  const { rooms, placed, descriptor, lease } = putting;
  const index = await packedIndex(rooms, descriptor, lease);
  const view = placed.view();
  const listed = index.manifests.map((manifest) => manifest.descriptor);
  const images = listed.filter((each) => mayRun(each) && view?.images.has(each.digest));
  if (view === undefined || images.length === 0) return { isImage: false };
  const registrations: Registration[] = [];
  for (const image of images) registrations.push({ ...(await registration(putting, image)), index });
  registerImages(rooms, registrations);
  announce(
    putting,
    registrations.map(({ image }) => image.configDescriptor.digest),
  );
  dropOwnNames(putting, view, [...listed, ...index.blobs]);
  return { isImage: true };
}

async function registration(
  { rooms, references, lease }: Putting,
  descriptor: Descriptor,
): Promise<Registration> {
  const document = await readDocument(rooms.content, descriptor.digest, "the manifest");
  const image = await packedImage(rooms, descriptor, asManifest(document, descriptor.digest), references);
  const chain = chainIDs(image.config.rootfs.diff_ids);
  for (const id of chain) lease.chains.add(id);
  return { image, layerSizes: await sizesOf(rooms, chain) };
}

/** What was pushed for the sake of the index alone needs no name besides it. */
function dropOwnNames(
  { rooms, placed, descriptor }: Putting,
  view: RepositoryView,
  listed: Descriptor[],
): void {
  const tagged = new Set<Digest>([...view.tags.values()].map(({ digest }) => digest));
  for (const { digest } of listed) {
    const name = { ...placed.place, digest };
    const isNamed = rooms.images.target(formatReference(name))?.digest === digest;
    if (isNamed && digest !== descriptor.digest && !tagged.has(digest)) rooms.images.untag(name);
  }
}
