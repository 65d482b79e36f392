import { startChild } from "../../../layers/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { ChecksumRequest } from "./request.ts";

/** What a child finds out. */
export interface Measuring {
  /** A digest for each selection. */
  readonly digests: Promise<Digest[]>;
  /** Never rejects: the child has ended, and what it learned is on the disk, or will be learned anew. */
  readonly ended: Promise<void>;
}

/** Has a child make checksums. They are there before what was learned of files is written down. */
export function measure(request: ChecksumRequest, signal: AbortSignal): Measuring {
  // Ignore files are longer than arguments may be.
  const stdin = new Blob([JSON.stringify(request)]).stream();
  const { promise: digests, resolve, reject } = Promise.withResolvers<Digest[]>();
  const onEvent = (event: unknown) => resolve(event as Digest[]);
  const { result } = startChild<null>("build-checksum", null, { signal, stdin, onEvent });
  return { digests, ended: result.then(() => undefined, reject) };
}
