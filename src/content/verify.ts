import { invalid } from "../errors/index.ts";
import type { Digest } from "../oci/digest.ts";
import type { Expected } from "./ingest.ts";

/** `invalid` unless content is what was announced. */
export function verify(found: { digest: Digest; size: number }, expected: Expected): void {
  if (expected.size !== undefined && found.size !== expected.size)
    throw wrongSize(expected.size, `${found.size}`);
  if (expected.digest !== undefined && found.digest !== expected.digest) {
    throw invalid(`the content's digest is ${found.digest}, not ${expected.digest} as announced`);
  }
}

export function wrongSize(expected: number, found: string): Error {
  return invalid(`the content should have ${expected} bytes and has ${found}`);
}
