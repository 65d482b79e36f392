import type { Descriptor } from "../../../oci/image.ts";
import { filePieces } from "../../../os/file-pieces.ts";
import type { Repository } from "../../../registry/index.ts";
import { progressMessage, type Report } from "../progress.ts";
import type { TransferRooms } from "../transfer-rooms.ts";

/** A blob that is sent: what users see of it is `id`. */
export interface Upload {
  readonly blob: Descriptor;
  /** Absent for what is not worth telling, such as a config. */
  readonly id?: string | undefined;
  /** Repositories of the same registry that have, or had, the blob. */
  readonly sources: readonly string[];
}

/** So many repositories are tried: each costs a round trip. */
const maxMounts = 3;

/** Sends a blob, unless the repository has it, as soon as a slot is free. */
export function uploadBlob(
  rooms: TransferRooms,
  repository: Repository,
  upload: Upload,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  return rooms.uploads.run(() => send(rooms, repository, upload, report, signal));
}

async function send(
  { content }: TransferRooms,
  repository: Repository,
  { blob, id, sources }: Upload,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const tell = (status: string) => id && report({ status, progressDetail: {}, id });
  if (await repository.hasBlob(blob.digest, signal)) {
    tell("Layer already exists");
    return;
  }
  for (const source of sources.slice(0, maxMounts)) {
    if (!(await repository.mountBlob(blob.digest, source, signal))) continue;
    tell(`Mounted from ${source}`);
    return;
  }
  const open = (offset: number) => filePieces(content.path(blob.digest), offset);
  await repository.uploadBlob(blob, open, {
    signal,
    onProgress: (sent) => id && report(progressMessage(id, "Pushing", sent, blob.size)),
  });
  tell("Pushed");
}
