import type { PutResult } from "../../engine/backend.ts";
import { digestOf, isDigest } from "../../oci/digest.ts";
import { invalidDigest, isKnown } from "./blobs.ts";
import { bodyUpTo } from "./body.ts";
import type { Call } from "./call.ts";
import { failure, failureOf } from "./failure.ts";
import { noted } from "./note.ts";

/** As much as the engine takes of a manifest; the specification asks for 4 MiB. */
const maxBytes = 8 << 20;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** `GET` and `HEAD /v2/<name>/manifests/<tag or digest>` */
export async function getManifest({ offer, repository, reference, request }: Call): Promise<Response> {
  if (reference.includes(":") && !isDigest(reference)) return invalidDigest(reference);
  const manifest = await offer.manifest(repository, reference);
  if (manifest === undefined) return unknown(offer.tags(repository), repository, reference);
  const { descriptor, bytes } = manifest;
  const headers = {
    "Content-Type": descriptor.mediaType,
    "Content-Length": String(bytes.length),
    "Docker-Content-Digest": descriptor.digest,
    ETag: `"${descriptor.digest}"`,
  };
  if (isKnown(request, descriptor.digest)) return new Response(null, { status: 304, headers });
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}

/** `PUT /v2/<name>/manifests/<tag or digest>` */
export async function putManifest(call: Call): Promise<Response> {
  const { offer, repository, reference, request, signal } = call;
  if (reference.includes(":") && !isDigest(reference)) return invalidDigest(reference);
  if (!isDigest(reference) && !tagPattern.test(reference))
    return failure("MANIFEST_INVALID", `"${reference}" is no tag: it may have letters, digits, _, . and -`);
  const bytes = await bodyUpTo(maxBytes, request);
  if (bytes === undefined)
    return failure("SIZE_INVALID", `a manifest may have ${maxBytes} bytes`, { status: 413 });
  if (isDigest(reference) && digestOf(bytes) !== reference)
    return failure("DIGEST_INVALID", `the digest of the manifest is ${digestOf(bytes)}, not ${reference}`);
  const mediaType = (request.headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
  try {
    call.patient();
    const put = await offer.putManifest(repository, reference, { mediaType, bytes }, signal);
    return created(repository, put);
  } catch (error) {
    return failureOf(error, { invalid: "MANIFEST_INVALID", notFound: "MANIFEST_BLOB_UNKNOWN" });
  }
}

/** `DELETE /v2/<name>/manifests/<tag or digest>` */
export async function deleteManifest({ offer, repository, reference }: Call): Promise<Response> {
  if (reference.includes(":") && !isDigest(reference)) return invalidDigest(reference);
  try {
    const isGone = await offer.deleteManifest(repository, reference);
    return isGone
      ? new Response(null, { status: 202 })
      : unknown(offer.tags(repository), repository, reference);
  } catch (error) {
    return failureOf(error, { conflict: "DENIED" });
  }
}

function unknown(tags: readonly string[] | undefined, repository: string, reference: string): Response {
  if (tags === undefined) return failure("NAME_UNKNOWN", `there is no repository ${repository}`);
  return failure("MANIFEST_UNKNOWN", `${repository} has no manifest ${reference}`);
}

/** A warning is text that clients show (distribution-spec, "Warnings"). */
function created(repository: string, { digest, subject, warning }: PutResult): Response {
  const headers = new Headers({
    Location: `/v2/${repository}/manifests/${digest}`,
    "Docker-Content-Digest": digest,
  });
  if (subject !== undefined) headers.set("OCI-Subject", subject);
  const answer = new Response(null, { status: 201, headers });
  if (warning === undefined) return answer;
  const note = `kept, but it is no image of this host: ${warning}`;
  const text = note.replace(/[^ -~]/g, "?").replace(/["\\]/g, "\\$&");
  answer.headers.set("Warning", `299 - "${text}"`);
  return noted(answer, note);
}
