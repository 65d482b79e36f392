import type { OfferedUpload } from "../../engine/backend.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { invalidDigest } from "./blobs.ts";
import { bodyOf } from "./body.ts";
import type { Call } from "./call.ts";
import { type CodesByKind, failure, failureOf } from "./failure.ts";
import { pieceRange } from "./range.ts";

const codes: CodesByKind = { invalid: "DIGEST_INVALID", conflict: "BLOB_UPLOAD_INVALID" };

/** `POST /v2/<name>/blobs/uploads/`: begins an upload, takes a whole blob (`digest`) or mounts one (`mount`, `from`). */
export async function postUpload(call: Call): Promise<Response> {
  const { offer, repository, query } = call;
  const [mount, digest] = [query.get("mount"), query.get("digest")];
  const malformed = [mount, digest].find((text) => text !== null && !isDigest(text));
  if (malformed) return invalidDigest(malformed);
  try {
    if (mount && (await offer.mountBlob(repository, mount as Digest, query.get("from") ?? undefined)))
      return created(call, mount as Digest);
    const upload = await offer.beginUpload(repository);
    return digest ? await finish(call, upload, digest as Digest) : underWay(call, upload, 202);
  } catch (error) {
    return failureOf(error, codes);
  }
}

/** `PATCH /v2/<name>/blobs/uploads/<id>`: a further piece. */
export async function patchUpload(call: Call): Promise<Response> {
  return await withUpload(
    call,
    async (upload) => (await append(call, upload)) ?? underWay(call, upload, 202),
  );
}

/** `PUT /v2/<name>/blobs/uploads/<id>?digest=`: the last piece, or none, and the end. */
export async function putUpload(call: Call): Promise<Response> {
  const digest = call.query.get("digest") ?? "";
  if (!isDigest(digest)) return invalidDigest(digest);
  return await withUpload(call, (upload) => finish(call, upload, digest));
}

/** `GET /v2/<name>/blobs/uploads/<id>`: how far it is. */
export async function getUpload(call: Call): Promise<Response> {
  return await withUpload(call, async (upload) => underWay(call, upload, 204));
}

/** `DELETE /v2/<name>/blobs/uploads/<id>` */
export async function deleteUpload(call: Call): Promise<Response> {
  return await withUpload(call, async (upload) => {
    await upload.cancel();
    return new Response(null, { status: 204 });
  });
}

async function withUpload(call: Call, work: (upload: OfferedUpload) => Promise<Response>): Promise<Response> {
  const { offer, repository, reference } = call;
  const upload = offer.upload(repository, reference);
  if (upload === undefined)
    return failure("BLOB_UPLOAD_UNKNOWN", `${repository} has no upload ${reference}: begin another`);
  try {
    return await work(upload);
  } catch (error) {
    return failureOf(error, codes);
  }
}

async function finish(call: Call, upload: OfferedUpload, digest: Digest): Promise<Response> {
  const refusal = await append(call, upload);
  if (refusal !== undefined) return refusal;
  call.patient();
  await upload.finish(digest);
  return created(call, digest);
}

/** Adds the body, which must be the very next piece. An answer: why it was not. */
async function append(call: Call, upload: OfferedUpload): Promise<Response | undefined> {
  const { headers } = call.request;
  const stated = headers.get("Content-Range");
  const piece = stated === null ? undefined : pieceRange(stated);
  if (stated !== null && piece === undefined)
    return failure("BLOB_UPLOAD_INVALID", `invalid Content-Range "${stated}"`, { status: 400 });
  if (piece !== undefined && piece.start !== upload.size) {
    const answer = { status: 416, headers: place(call, upload) };
    return failure(
      "BLOB_UPLOAD_INVALID",
      `the next piece begins at ${upload.size}, not ${piece.start}`,
      answer,
    );
  }
  const length = headers.get("Content-Length");
  const expected = piece === undefined ? undefined : piece.end - piece.start;
  if (expected !== undefined && length !== null && Number(length) !== expected)
    return failure(
      "SIZE_INVALID",
      `the piece has ${length} bytes, not ${expected} as its Content-Range says`,
    );
  const before = upload.size;
  await upload.append(bodyOf(call.request), call.signal);
  if (expected === undefined || upload.size - before === expected) return undefined;
  return failure(
    "SIZE_INVALID",
    `${upload.size - before} bytes came, not ${expected} as the Content-Range says`,
  );
}

function created({ repository }: Call, digest: Digest): Response {
  const headers = { Location: `/v2/${repository}/blobs/${digest}`, "Docker-Content-Digest": digest };
  return new Response(null, { status: 201, headers });
}

function underWay(call: Call, upload: OfferedUpload, status: number): Response {
  return new Response(null, { status, headers: place(call, upload) });
}

/** Where an upload goes on; of an empty one `0-0` is said, as Docker's registry does. */
function place({ repository }: Call, { id, size }: OfferedUpload): Record<string, string> {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}`,
    Range: `0-${Math.max(0, size - 1)}`,
    "Docker-Upload-UUID": id,
  };
}
