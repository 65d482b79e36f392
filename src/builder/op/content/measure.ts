import type { Digest } from "../../../oci/digest.ts";
import { startTelling, type Telling } from "../telling.ts";
import type { ChecksumRequest } from "./request.ts";

/** Has a child make checksums, one for each selection. They are there before what was learned of files is written down. */
export function measure(request: ChecksumRequest, signal: AbortSignal): Telling<Digest[]> {
  return startTelling<Digest[]>("build-checksum", request, signal);
}
