import { messageOf } from "../../../errors/index.ts";
import type { Image } from "../../../images/index.ts";
import { asImageConfig, asIndex, asManifest, readDocument } from "../../image/documents.ts";
import { namesOf } from "../users.ts";
import type { Inspection } from "./inspection.ts";

/** Every image's manifest and config can be read and say what its record says; every index can be read. */
export async function checkImages(inspection: Inspection): Promise<void> {
  const { rooms, checked, signal } = inspection;
  for (const image of rooms.images.all()) {
    signal.throwIfAborted();
    checked.Images++;
    const problem = await disagreement(inspection, image);
    if (problem === undefined || rooms.images.get(image.id) === undefined) continue;
    const Images = namesOf(rooms, image);
    await inspection.found(
      { Subject: "image", Id: image.id, Problem: problem, Images },
      `remove ${Images.join(", ")} and pull or load it again`,
    );
  }
  for (const target of rooms.images.targets()) {
    for (const { digest } of target.record.blobs) {
      if (inspection.unsound.has(digest)) continue;
      const problem = await unreadable(async () => {
        asIndex(await readDocument(rooms.content, digest, "the index"), "the index");
        return undefined;
      });
      if (problem === undefined) continue;
      const Images = [...new Set(rooms.images.imagesOf(target).flatMap((image) => namesOf(rooms, image)))];
      const again = `pull or load ${Images.join(", ")} again`;
      await inspection.found({ Subject: "image", Id: digest, Problem: problem, Images }, again);
    }
  }
}

/** How an image's documents differ from its record, in words. */
async function disagreement(
  { rooms, unsound }: Inspection,
  { id, record }: Image,
): Promise<string | undefined> {
  const { manifest: descriptor, config, layers } = record;
  // Said already.
  if (unsound.has(descriptor.digest) || unsound.has(id)) return undefined;
  return await unreadable(async () => {
    const manifest = asManifest(
      await readDocument(rooms.content, descriptor.digest, "the manifest"),
      "the manifest",
    );
    const stored = asImageConfig(
      await readDocument(rooms.content, id, "the configuration"),
      "the configuration",
    );
    if (manifest.config.digest !== id) return "its manifest names another configuration";
    if (!isSame(manifest.layers, layers)) return "its manifest names other layers than its record";
    const [diffIDs, recorded] = [stored.rootfs.diff_ids, config.rootfs.diff_ids];
    if (diffIDs.length !== layers.length) return "its configuration has not as many layers as its manifest";
    return diffIDs.join() === recorded.join()
      ? undefined
      : "its configuration names other layers than its record";
  });
}

const isSame = (one: readonly { digest: string }[], other: readonly { digest: string }[]): boolean =>
  one.map(({ digest }) => digest).join() === other.map(({ digest }) => digest).join();

async function unreadable(read: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    return messageOf(error);
  }
}
