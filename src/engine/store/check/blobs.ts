import { join } from "node:path";
import { SlipwayError } from "../../../errors/index.ts";
import { diffLayer } from "../../../layers/index.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import { imagesWithBlob } from "../users.ts";
import { hashBlobs } from "./hash.ts";
import type { Inspection, Remedy } from "./inspection.ts";

/** Every blob has the digest that it is named by, and every one that an image needs is there in its size. */
export async function checkBlobs(inspection: Inspection): Promise<void> {
  const { rooms, checked, options } = inspection;
  const needed = neededBlobs(inspection);
  if (options.quick !== true) await hashAll(inspection, needed);
  for (const blob of needed.values()) {
    inspection.signal.throwIfAborted();
    if (inspection.unsound.has(blob.digest)) continue;
    const problem = await presence(inspection, blob);
    if (problem !== undefined && isStillNeeded(inspection, blob)) await report(inspection, blob, problem);
  }
  if (options.quick === true) checked.Blobs = (await Array.fromAsync(rooms.content.walk())).length;
}

/** What images, indexes and artifacts consist of, each blob once. */
function neededBlobs({ rooms }: Inspection): Map<Digest, Descriptor> {
  const blobs = [...rooms.images.kept(), ...rooms.artifacts.all()].flatMap((one) => one.blobs);
  return new Map(blobs.map((blob) => [blob.digest, blob]));
}

async function hashAll(inspection: Inspection, needed: ReadonlyMap<Digest, Descriptor>): Promise<void> {
  const { engine, rooms, signal, checked } = inspection;
  inspection.progress("blobs", "Hashing");
  const directory = join(engine.paths.content, "blobs", "sha256");
  const { blobs, damaged } = await hashBlobs({ directory }, signal, (progress) =>
    inspection.progress("blobs", `Hashing, ${progress.blobs} done`),
  );
  checked.Blobs = blobs;
  for (const { digest, how } of damaged) {
    const problem = isDigest(how) ? `its content has the digest ${how}` : how;
    const blob = needed.get(digest);
    if (blob !== undefined) await report(inspection, blob, problem);
    else {
      await inspection.found(
        { Subject: "blob", Id: digest, Problem: `${problem}; no image needs it` },
        "deletes it",
        async () => {
          await rooms.content.delete(digest);
          return { done: true, words: "deleted" };
        },
      );
    }
  }
}

async function presence({ rooms }: Inspection, { digest, size }: Descriptor): Promise<string | undefined> {
  if (!(await rooms.content.has(digest))) return "it is missing";
  const found = (await rooms.content.info(digest)).size;
  return found === size ? undefined : `it has ${found} bytes instead of ${size}`;
}

/** The image may have been removed since the check began. */
const isStillNeeded = ({ rooms }: Inspection, { digest }: Descriptor) =>
  rooms.images.blobs().has(digest) || rooms.artifacts.needs(digest);

async function report(inspection: Inspection, blob: Descriptor, problem: string): Promise<void> {
  const Images = imagesWithBlob(inspection.rooms, blob.digest);
  const again = `pull or load ${Images.join(", ")} again`;
  const finding = { Subject: "blob", Id: blob.digest, Problem: problem, Images } as const;
  const done = await inspection.found(
    finding,
    `makes it anew from its unpacked layer, or else: ${again}`,
    () => mend(inspection, blob, again),
  );
  if (!done) inspection.unsound.add(blob.digest);
}

/** A layer that was not compressed is made anew from what it was unpacked to; others cannot be had here again. */
async function mend(inspection: Inspection, blob: Descriptor, again: string): Promise<Remedy> {
  const { content, images, snapshots } = inspection.rooms;
  const chain = images
    .all()
    .flatMap((image) =>
      image.record.layers.flatMap(({ digest }, at) => (digest === blob.digest ? [image.chain[at]] : [])),
    )
    .find((id) => id !== undefined && snapshots.has(id));
  if (chain !== undefined && (await remake(inspection, chain, blob)))
    return { done: true, words: "made anew from its unpacked layer" };
  // Of no use to anybody; and with it gone, a pull or a load fetches it again.
  await content.delete(blob.digest);
  return { done: false, words: again };
}

async function remake(
  { rooms, signal }: Inspection,
  chain: Digest,
  { digest, size }: Descriptor,
): Promise<boolean> {
  const { content, snapshots } = rooms;
  if ((await snapshots.complaint(chain)) !== undefined) return false;
  try {
    await content.ingest(diffLayer(snapshots.directory(chain), signal), { digest, size }, { signal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    // Another program's archive of the same files, or a damaged layer.
    if (error instanceof SlipwayError && error.kind === "invalid") return false;
    throw error;
  }
}
