import type { Descriptor } from "../oci/image.ts";
import type { Reference } from "../oci/reference.ts";
import type { BlobSource } from "./blob.ts";
import { acceptManifests, announced, readDocument, wantedDigest } from "./document.ts";
import type { Reply } from "./exchange.ts";
import { pullFailure } from "./pull-failure.ts";
import type { Document } from "./repository.ts";

/** Asks a source for a manifest, as `Repository.manifest` does. */
export async function fetchManifest(
  source: BlobSource,
  reference: Reference,
  tagOrDigest: string,
  signal: AbortSignal,
): Promise<Document> {
  const reply = await ask("GET", source, tagOrDigest, signal);
  if (reply.status !== 200) throw await pullFailure(reply, reference, tagOrDigest);
  return await readDocument(reply, wantedDigest(tagOrDigest));
}

/** What HEAD says; where it says no, or too little, GET has the reason or the whole. */
export async function resolveManifest(
  source: BlobSource,
  reference: Reference,
  tagOrDigest: string,
  signal: AbortSignal,
): Promise<Descriptor> {
  const reply = await ask("HEAD", source, tagOrDigest, signal);
  await reply.discard();
  const descriptor = reply.status === 200 ? announced(reply, wantedDigest(tagOrDigest)) : undefined;
  return descriptor ?? (await fetchManifest(source, reference, tagOrDigest, signal)).descriptor;
}

function ask(
  method: "GET" | "HEAD",
  { session, name }: BlobSource,
  tagOrDigest: string,
  signal: AbortSignal,
): Promise<Reply> {
  return session.request({
    method,
    path: `${name}/manifests/${tagOrDigest}`,
    headers: { Accept: acceptManifests },
    scopes: [`repository:${name}:pull`],
    signal,
  });
}
