import type { Mount } from "../../../api/index.ts";
import { invalid, SlipwayError } from "../../../errors/index.ts";
import type { SourceChanges } from "../record.ts";
import { changesOf } from "./bind.ts";
import { checkChanges, highestId } from "./modes.ts";

/** Ours, of binds and volumes; the ids of a tmpfs are its own options. */
export function changesFrom(
  { Type, UID, GID, Chown, Overlay, BindOptions }: Mount,
  what: string,
): SourceChanges {
  for (const [name, id] of Object.entries({ UID, GID })) {
    if (id !== undefined && (id < 0 || id > highestId))
      throw invalid(`${what}: ${name} ${id} is not an id from 0 to ${highestId}`);
  }
  const ids = { ...(UID === undefined ? {} : { uid: UID }), ...(GID === undefined ? {} : { gid: GID }) };
  const owner = Object.keys(ids).length === 0 ? {} : { owner: ids };
  const changes = changesOf({ ...owner, chown: Chown ?? false, overlay: Overlay ?? false });
  const hasOwnFiles = Type === "image" || (Type === "tmpfs" && (Chown || Overlay));
  if (hasOwnFiles && Object.keys(changes).length > 0)
    throw invalid(`${what}: UID, GID, Chown and Overlay are for bind mounts and volumes`);
  try {
    checkChanges(changes, BindOptions?.Propagation);
  } catch (error) {
    throw error instanceof SlipwayError ? invalid(`${what}: ${error.message}`) : error;
  }
  return changes;
}
