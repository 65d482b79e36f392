import { join } from "node:path";
import { asImageConfig, asManifest } from "../../../engine/image/documents.ts";
import { unpackingPrefix } from "../../../engine/image/garbage.ts";
import { invalid, messageOf, notFound, SlipwayError } from "../../../errors/index.ts";
import { applyLayer } from "../../../layers/index.ts";
import { chainIDs, type Digest, digestOf, hexOf } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import { readInRoot } from "../../../os/inroot.ts";
import type { OciLayoutOp } from "../../graph/index.ts";
import type { BuiltLayer, Operation, OpJob } from "../../solver/model.ts";
import type { OpRooms } from "../rooms.ts";

/** An image in a directory: its layers are unpacked from there. */
export function ociLayoutOperation(rooms: OpRooms): Operation<OciLayoutOp> {
  return {
    key: async () => undefined,
    async run({ name, id, manifest }, _inputs, job) {
      const path = job.session.directories.get(name);
      if (path === undefined) throw notFound(`the build has no OCI layout ${JSON.stringify(name)}`);
      const { layers } = asManifest(document(path, manifest), manifest);
      const { rootfs, created = "1970-01-01T00:00:00Z" } = asImageConfig(document(path, id), id);
      const chain = chainIDs(rootfs.diff_ids);
      const built: BuiltLayer[] = [];
      for (const [at, chainID] of chain.entries()) {
        const [diffID, blob] = [rootfs.diff_ids[at] as Digest, layers[at]];
        if (blob === undefined) throw invalid(`the OCI layout ${path} is damaged: ${manifest} lacks a layer`);
        const layer = { chainID, diffID, parent: chain[at - 1] };
        built.push({ chainID, diffID, size: await unpack(rooms, path, blob, layer, job), created });
      }
      return { kind: "layers", layers: built };
    },
  };
}

/** Unpacks a layer unless it is; answers the size of its files. */
async function unpack(
  { images }: OpRooms,
  path: string,
  { digest }: Descriptor,
  { chainID, diffID, parent }: { chainID: Digest; diffID: Digest; parent: Digest | undefined },
  job: OpJob,
): Promise<number> {
  const { snapshots, pending, maxLayerBytes } = images;
  if (snapshots.has(chainID)) return (await snapshots.usage(chainID)).size;
  const key = `${unpackingPrefix}${crypto.randomUUID()}`;
  const target = await snapshots.prepareLayer(key);
  try {
    const blob = join(path, "blobs", "sha256", hexOf(digest));
    const limit = Number.isFinite(maxLayerBytes) ? { maxBytes: maxLayerBytes } : {};
    const applied = await applyLayer(
      { blob, target, digest, ...limit },
      {
        signal: job.signal,
        onProgress: ({ read, size }) =>
          job.status({ id: digest, action: "extracting", current: read, total: size }),
      },
    );
    if (applied.diffID !== diffID)
      throw invalid(
        `the OCI layout ${path} is damaged: the layer ${digest} is ${applied.diffID}, not ${diffID}`,
      );
    const { size, entries: inodes } = applied;
    await pending.commit(key, chainID, { size, inodes }, parent);
    return size;
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "conflict" && snapshots.has(chainID))
      return (await snapshots.usage(chainID)).size;
    throw error;
  } finally {
    if (snapshots.has(key)) await snapshots.remove(key);
  }
}

function document(path: string, digest: Digest): unknown {
  const text = readInRoot(path, `blobs/sha256/${hexOf(digest)}`);
  if (text === undefined) throw notFound(`the OCI layout ${path} lacks ${digest}`);
  if (digestOf(text) !== digest)
    throw invalid(`the OCI layout ${path} is damaged: ${digest} is something else`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`the OCI layout ${path} is damaged: ${digest}: ${messageOf(error)}`);
  }
}
