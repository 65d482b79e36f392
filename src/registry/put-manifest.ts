import { invalid } from "../errors/index.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import { failureOf } from "./failure.ts";
import type { Session } from "./session.ts";

export interface ManifestWish {
  readonly name: string;
  readonly tagOrDigest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Gives a repository a manifest. `invalid` when the registry stores it under another digest than it has. */
export async function putManifest(
  session: Session,
  { name, tagOrDigest, mediaType, bytes }: ManifestWish,
  signal: AbortSignal,
): Promise<{ digest: Digest; knowsSubject: boolean }> {
  const reply = await session.request({
    method: "PUT",
    path: `${name}/manifests/${tagOrDigest}`,
    headers: { "Content-Type": mediaType },
    body: new Uint8Array(bytes),
    scopes: [`repository:${name}:pull,push`],
    signal,
  });
  if (reply.status !== 201 && reply.status !== 200) throw await failureOf(reply);
  await reply.discard();
  const digest = digestOf(bytes);
  const stored = reply.headers.get("docker-content-digest");
  if (stored?.startsWith("sha256:") && stored !== digest)
    throw invalid(`${reply.url.host} stored the manifest ${digest} as ${stored}`);
  return { digest, knowsSubject: reply.headers.has("oci-subject") };
}
