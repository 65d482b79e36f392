import { invalid, notFound, notImplemented } from "../../../errors/index.ts";
import { type Digest, digestOf } from "../../../oci/digest.ts";
import { type Descriptor, isIndex, isManifest } from "../../../oci/image.ts";
import { repositoryOf } from "../../../oci/reference.ts";
import { parseJson } from "../../image/documents.ts";
import { withLease } from "../../image/garbage.ts";
import { storeBytes } from "../../image/packed.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import { describe } from "./describe.ts";
import { partsOf } from "./parts.ts";
import type { Placed, Putting } from "./putting.ts";
import { takeImage } from "./take-image.ts";
import { takeIndex } from "./take-index.ts";

export interface Put {
  readonly digest: Digest;
  readonly subject?: Digest;
  readonly warning?: string;
  readonly parts: readonly Digest[];
}

/** Takes a manifest or an index in; `parts` are what it consists of. Errors: see `ImageOffer`. */
export async function putManifest(rooms: ImageRooms, placed: Placed, signal: AbortSignal): Promise<Put> {
  const { place, tag, mediaType, bytes } = placed;
  if (!isIndex(mediaType) && !isManifest(mediaType)) {
    throw notImplemented(
      `manifests of type "${mediaType}" are not taken: only those of images and indexes are, of OCI and of Docker`,
    );
  }
  const digest = digestOf(bytes);
  const document = parseJson(bytes, "the manifest");
  const parts = partsOf(mediaType, document, digest);
  const descriptor = { mediaType, digest, size: bytes.length };
  const canonical = { ...place, digest };
  const references = tag === undefined ? [canonical] : [{ ...place, tag }, canonical];
  const { warning } = await withLease(rooms, async (lease) => {
    // Kept before they are looked for, so that nobody deletes them in between.
    for (const part of [descriptor, ...parts]) lease.blobs.add(part.digest);
    await expectAll(rooms, placed, parts);
    await storeBytes(rooms, descriptor, bytes, lease);
    const putting = { rooms, placed, descriptor, document, parts, references, lease, signal };
    const taken = await (isIndex(mediaType) ? takeIndex(putting) : takeImage(putting));
    if (taken.isImage) letArtifactsGo(putting);
    else keepArtifact(putting);
    return taken;
  });
  const { subject } = describe(bytes);
  return {
    digest,
    parts: parts.map((part) => part.digest),
    ...(subject === undefined ? {} : { subject }),
    ...(warning === undefined ? {} : { warning }),
  };
}

async function expectAll(rooms: ImageRooms, placed: Placed, parts: readonly Descriptor[]): Promise<void> {
  const view = placed.view();
  for (const { digest, size } of parts) {
    const found = view?.blobs.get(digest)?.size ?? placed.pending(digest);
    if (found === undefined || !(await rooms.content.has(digest)))
      throw notFound(`${digest} is not in the repository: push it first`);
    if (found !== size) throw invalid(`${digest} has ${found} bytes, not ${size} as the manifest says`);
  }
}

/** The tag is no artifact's any more, and what an index brings along is kept by it. */
function letArtifactsGo({ rooms: { artifacts }, placed, descriptor, parts }: Putting): void {
  const repository = repositoryOf(placed.place);
  if (placed.tag !== undefined) artifacts.untag(repository, placed.tag);
  for (const { digest } of isIndex(descriptor.mediaType) ? parts : [descriptor]) {
    if (artifacts.get(repository, digest)?.tags.length === 0) artifacts.remove(repository, digest);
  }
}

function keepArtifact({ rooms, placed, descriptor, parts }: Putting): void {
  const { place, tag } = placed;
  const blobs = isIndex(descriptor.mediaType) ? [descriptor] : [descriptor, ...parts];
  const tags = tag === undefined ? [] : [tag];
  rooms.artifacts.put({ repository: repositoryOf(place), tags, descriptor, blobs });
  if (tag !== undefined) rooms.images.untag({ ...place, tag });
}
