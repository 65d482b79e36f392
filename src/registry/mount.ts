import type { Digest } from "../oci/digest.ts";
import type { BlobSource } from "./blob.ts";
import { locationOf } from "./location.ts";

/** What became of the wish to have another repository's blob. */
export type Mounted = { readonly mounted: true } | { readonly mounted: false; readonly begun?: URL };

/**
 * Asks a registry to make a blob of `from` (with the endpoint's prefix) this repository's, too. A registry that does not may have
 * begun an upload instead; one that refuses says why when the blob is uploaded.
 */
export async function mountBlob(
  { session, name }: BlobSource,
  digest: Digest,
  from: string,
  signal: AbortSignal,
): Promise<Mounted> {
  const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
  const reply = await session.request({
    method: "POST",
    path: `${name}/blobs/uploads/?${query}`,
    headers: { "Content-Length": "0" },
    scopes: [`repository:${name}:pull,push`, `repository:${from}:pull`],
    signal,
  });
  await reply.discard();
  if (reply.status === 201) return { mounted: true };
  return reply.status === 202 ? { mounted: false, begun: locationOf(reply) } : { mounted: false };
}
