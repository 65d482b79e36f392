import type * as api from "../../../api/index.ts";
import type { Target } from "../../../images/index.ts";
import type { Descriptor } from "../../../oci/image.ts";
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
  repositoryOf,
} from "../../../oci/reference.ts";
import type { PushOptions } from "../../backend.ts";
import { credentialsOf } from "../../registry/credentials.ts";
import { withLease } from "../garbage.ts";
import { progressOf } from "../progress.ts";
import type { TransferRooms } from "../transfer-rooms.ts";
import { namesToPush, selectToPush } from "./select.ts";
import { type Push, sendImage, sendIndex } from "./send.ts";

/** Sends an image, or all tags of a repository, to its registry. */
export async function pushImage(
  rooms: TransferRooms,
  { ref, allTags = false, platform, auth }: PushOptions,
  signal: AbortSignal,
): Promise<AsyncIterable<api.ProgressMessage>> {
  const given = parseReference(ref);
  const names = namesToPush(rooms, allTags ? { domain: given.domain, path: given.path } : given);
  const selected = names.map((name) => ({ name, selection: selectToPush(rooms, name, platform) }));
  const repository = rooms.registries.repository(given, credentialsOf(auth));
  // Whoever may not even look is told before the stream begins.
  for (const { selection } of selected.slice(0, 1)) await repository.hasBlob(selection.target.digest, signal);
  return progressOf(async (report) => {
    report({ status: `The push refers to repository [${repositoryOf(given)}]` });
    for (const { name, selection } of selected) {
      const sent = await withLease(rooms, async (lease): Promise<Descriptor> => {
        const push: Push = { rooms, repository, name, lease, report, signal };
        return "image" in selection
          ? await sendImage(push, selection)
          : await sendIndex(push, selection.target);
      });
      const { digest, size } = sent;
      const tag = name.tag as string;
      report({ status: `${tag}: digest: ${digest} size: ${size}` });
      report({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: size } });
      if ("instead" in selection) report({ progressDetail: {}, aux: instead(selection.target, sent) });
      tellOf(rooms, name);
    }
  });
}

/** Docker's note that a name has less in the registry than here. */
function instead(index: Target, sent: Descriptor): api.ManifestPushedInsteadOfIndex {
  return {
    manifestPushedInsteadOfIndex: true,
    originalIndex: index.descriptor,
    selectedManifest: sent,
  };
}

function tellOf({ events, images }: TransferRooms, name: Reference): void {
  const labels = images.find(formatReference(name))?.labels;
  events.publish({
    type: "image",
    action: "push",
    id: familiarReference(name),
    attributes: { ...labels, name: familiarName(name) },
  });
}
