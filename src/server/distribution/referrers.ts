import { isDigest } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/image.ts";
import { invalidDigest } from "./blobs.ts";
import type { Call } from "./call.ts";

/** `GET /v2/<name>/referrers/<digest>`: an index, empty where there are none; never 404. */
export async function listReferrers({ offer, repository, reference, query }: Call): Promise<Response> {
  if (!isDigest(reference)) return invalidDigest(reference);
  const all = await offer.referrers(repository, reference);
  const type = query.get("artifactType");
  const manifests = type ? all.filter(({ artifactType }) => artifactType === type) : all;
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  const filtered = type ? { "OCI-Filters-Applied": "artifactType" } : {};
  return Response.json(index, { headers: { "Content-Type": mediaTypes.index, ...filtered } });
}
