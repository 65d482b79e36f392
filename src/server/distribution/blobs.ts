import { type Digest, isDigest } from "../../oci/digest.ts";
import type { Call } from "./call.ts";
import { failure, failureOf } from "./failure.ts";
import { byteRange } from "./range.ts";

/** `GET` and `HEAD /v2/<name>/blobs/<digest>`: from the file to the socket, whole or a range. */
export async function getBlob({ offer, repository, reference, request }: Call): Promise<Response> {
  if (!isDigest(reference)) return invalidDigest(reference);
  const blob = await offer.blob(repository, reference);
  if (blob === undefined) return failure("BLOB_UNKNOWN", `${repository} has no blob ${reference}`);
  const { path, size } = blob;
  const headers = { ...describing(reference), "Accept-Ranges": "bytes" };
  if (isKnown(request, reference)) return new Response(null, { status: 304, headers });
  const range = request.method === "GET" ? byteRange(request.headers.get("Range"), size) : undefined;
  if (range === "unsatisfiable") {
    const answer = { status: 416, headers: { "Content-Range": `bytes */${size}` } };
    return failure("SIZE_INVALID", `the blob ${reference} has ${size} bytes`, answer);
  }
  const { start, end } = range ?? { start: 0, end: size };
  const length = { "Content-Length": String(end - start) };
  if (request.method === "HEAD" || size === 0)
    return new Response(request.method === "HEAD" ? null : "", { headers: { ...headers, ...length } });
  const file = Bun.file(path).slice(start, end);
  const part = range === undefined ? {} : { "Content-Range": `bytes ${start}-${end - 1}/${size}` };
  const status = range === undefined ? 200 : 206;
  return new Response(file, { status, headers: { ...headers, ...length, ...part } });
}

/** `DELETE /v2/<name>/blobs/<digest>`: of one that no manifest needs. */
export async function deleteBlob({ offer, repository, reference }: Call): Promise<Response> {
  if (!isDigest(reference)) return invalidDigest(reference);
  try {
    const isGone = await offer.deleteBlob(repository, reference);
    if (isGone) return new Response(null, { status: 202 });
    return failure("BLOB_UNKNOWN", `${repository} has no blob ${reference}`);
  } catch (error) {
    return failureOf(error, { conflict: "DENIED" });
  }
}

export function invalidDigest(text: string): Response {
  return failure("DIGEST_INVALID", `"${text}" is no digest: sha256: and 64 hexadecimal digits are expected`);
}

function describing(digest: Digest): Record<string, string> {
  return {
    "Content-Type": "application/octet-stream",
    "Docker-Content-Digest": digest,
    ETag: `"${digest}"`,
    // Without it the file's name would be sent.
    "Content-Disposition": "attachment",
  };
}

/** Whether the client has it already, by its entity tag. */
export function isKnown(request: Request, digest: Digest): boolean {
  const known = request.headers.get("If-None-Match")?.split(",") ?? [];
  return known.some((tag) => tag.trim().replace(/^W\//, "") === `"${digest}"`);
}
