import { startChild } from "../../../layers/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { ChecksumRequest } from "./request.ts";

/** A digest for each selection, made by a child. */
export function measure(request: ChecksumRequest, signal: AbortSignal): Promise<Digest[]> {
  // Ignore files are longer than arguments may be.
  const stdin = new Blob([JSON.stringify(request)]).stream();
  return startChild<Digest[]>("build-checksum", null, { signal, stdin }).result;
}
