import { endOfArchive } from "../../archive/index.ts";
import { diffLayer } from "../diff.ts";
import type { RewriteRequest } from "../rewrite.ts";
import { Output } from "./output.ts";
import { answer } from "./protocol.ts";
import { clampTimes } from "./rewrite/clamp.ts";
import { mergeLayers } from "./rewrite/merge.ts";

/** The child of `clampLayer` and `mergedLayer`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async (request: RewriteRequest) => {
    const output = new Output();
    for await (const piece of rewritten(request)) output.write(piece);
    output.flush();
    return null;
  });
}

function rewritten(request: RewriteRequest): AsyncIterable<Uint8Array> {
  if (request.operation === "merge")
    return mergeLayers(request.layers.map((layer) => () => archiveOf(layer)));
  return clampTimes(archiveOf(request.layer), BigInt(request.latest));
}

/** It has a child of its own, which ends when nobody reads what it writes. */
function archiveOf(layer: string | null): AsyncIterable<Uint8Array> {
  return layer === null ? once(endOfArchive) : diffLayer(layer);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
