import type * as api from "../../api/index.ts";
import { decompressed } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";
import { hostPlatform, parsePlatform } from "../../oci/platform.ts";
import { parseRepositoryAndTag } from "../../oci/reference.ts";
import { buildImage } from "./build-image.ts";
import { applyChanges } from "./changes.ts";
import { emit } from "./events.ts";
import { withLease } from "./garbage.ts";
import { progressOf } from "./progress.ts";
import type { ImageRooms } from "./rooms.ts";

export interface ImportOptions {
  repo?: string;
  tag?: string;
  message?: string;
  /** Dockerfile instructions. */
  changes: string[];
  platform?: string;
}

/** Makes an image of one layer from the archive of a root file system, plain or compressed. */
export function importImage(
  rooms: ImageRooms,
  archive: AsyncIterable<Uint8Array>,
  { repo, tag, message = "", changes, platform }: ImportOptions,
  signal: AbortSignal,
): AsyncGenerator<api.ProgressMessage> {
  const references = repo ? [parseRepositoryAndTag(repo, tag)] : [];
  const target = platform ? parsePlatform(platform) : hostPlatform();
  if (target.os !== "linux")
    throw invalid(`operating system "${target.os}" is not supported: images run on linux`);
  const config = applyChanges({}, changes);
  return progressOf(async (report) => {
    const id = await withLease(rooms, async (lease) => {
      const created = new Date().toISOString();
      const history = [{ created, comment: message }];
      const document = {
        ...target,
        created,
        config,
        history,
        ...(message === "" ? {} : { comment: message }),
      };
      const layer = decompressed(archive, signal);
      return await buildImage(rooms, { layer, config: document, references }, lease, signal);
    });
    emit(rooms, "import", id, id);
    report({ status: id });
  });
}
