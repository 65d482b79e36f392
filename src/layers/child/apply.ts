import { TarDecoder } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";
import { digestFromHex } from "../../oci/digest.ts";
import type { ApplyRequest } from "../apply.ts";
import type { GrownLayer } from "../growing.ts";
import { Blob } from "./blob.ts";
import { decompress } from "./decompress.ts";
import { openLayer } from "./layer.ts";
import { answer, sendEvent } from "./protocol.ts";

const progressEvery = 8 << 20;

/** The child of `applyLayer` and of `GrowingLayer`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, apply);
}

async function apply(request: ApplyRequest & { growing?: boolean }): Promise<GrownLayer> {
  const blob = new Blob(request.blob, { growing: request.growing === true });
  const layer = openLayer(request, { isCompressed: blob.isCompressed });
  const decoder = new TarDecoder(layer);
  // What is not compressed need not be hashed twice.
  const hasher = blob.isCompressed ? new Bun.CryptoHasher("sha256") : undefined;
  let told = 0;
  await decompress(blob.chunks(), (chunk) => {
    hasher?.update(chunk);
    layer.archive?.(chunk);
    decoder.write(chunk);
    if (blob.read - told < progressEvery) return;
    told = blob.read;
    sendEvent({ read: blob.read, size: blob.size, unpacked: layer.size });
  });
  decoder.finish();
  layer.finish();
  const digest = blob.digest();
  if (request.digest !== undefined && request.digest !== digest) {
    throw invalid(`the layer's digest is ${digest}, not ${request.digest}`);
  }
  const diffID = hasher === undefined ? digest : digestFromHex(hasher.digest("hex"));
  const { size, entries } = layer;
  return { size, entries, ...(diffID === undefined ? {} : { diffID }) };
}
