import { chainIDs, hexOf } from "../../../oci/digest.ts";
import { abortable } from "../../../os/abortable.ts";
import type { Lease } from "../leases.ts";
import { progressMessage, type Report } from "../progress.ts";
import type { TransferRooms } from "../transfer-rooms.ts";
import { sizesOf } from "../unpack.ts";
import type { LayerListener, RemoteLayer } from "./fetches.ts";

/**
 * Brings the layers of an image, lowest first, to this host: all at once, each unpacked as it comes. When they are on
 * the disk, they take their places in the stack. Answers each one's size as unpacked.
 */
export async function pullLayers(
  rooms: TransferRooms,
  layers: readonly RemoteLayer[],
  lease: Lease,
  report: Report,
  signal: AbortSignal,
): Promise<number[]> {
  const chain = chainIDs(layers.map(({ diffID }) => diffID));
  for (const { digest } of layers) lease.blobs.add(digest);
  for (const chainID of chain) lease.chains.add(chainID);
  const wanted = [];
  for (const [index, layer] of layers.entries()) {
    const chainID = chain[index] as (typeof chain)[number];
    const isHere = rooms.snapshots.has(chainID) && (await rooms.content.has(layer.digest));
    if (isHere) report({ status: "Already exists", progressDetail: {}, id: shortId(layer) });
    else wanted.push({ layer, chainID, parent: chain[index - 1] });
  }
  const joined = wanted.map(({ layer }) => {
    report({ status: "Pulling fs layer", progressDetail: {}, id: shortId(layer) });
    return rooms.fetches.join(rooms, layer, teller(layer, report));
  });
  try {
    await abortable(Promise.all(joined.map(({ staged }) => staged)), signal);
    for (const { layer } of wanted) await rooms.content.publish(layer.digest);
    if (wanted.length > 0) await rooms.flushes.complete(...joined.map(({ flush }) => flush));
    await rooms.pending.written(chain);
    for (const [index, { layer, chainID, parent }] of wanted.entries()) {
      await joined[index]?.commit(chainID, parent);
      report({ status: "Pull complete", progressDetail: {}, id: shortId(layer) });
    }
  } finally {
    await Promise.all(joined.map((part) => part.leave()));
  }
  return await sizesOf(rooms, chain);
}

function shortId({ digest }: RemoteLayer): string {
  return hexOf(digest).slice(0, 12);
}

function teller(layer: RemoteLayer, report: Report): LayerListener {
  const id = shortId(layer);
  return (progress) => {
    if (!("read" in progress)) {
      const status = progress.phase === "waiting" ? "Waiting" : "Download complete";
      report({ status, progressDetail: {}, id });
      return;
    }
    const status = progress.phase === "downloading" ? "Downloading" : "Extracting";
    report(progressMessage(id, status, progress.read, progress.size));
  };
}
