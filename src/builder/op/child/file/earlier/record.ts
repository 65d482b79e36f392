import { readFileSync } from "node:fs";
import type { HashedPrefix } from "../../../../../layers/child/prefix.ts";
import type { Digest } from "../../../../../oci/digest.ts";
import { replaceDurably } from "../../../../../os/durable.ts";
import { ifThere } from "../../../../../os/if-there.ts";

/** What a copy was made of. */
export interface CopyRecord {
  /** The layer that it made. */
  readonly chainID: Digest;
  /** By the path in the layer, from `/` on: the file that was copied there (`originOf`). */
  readonly origins: Readonly<Record<string, string>>;
  /** How far the layer's digest was at some places of its archive. */
  readonly prefixes: readonly HashedPrefix[];
}

type Body = Omit<CopyRecord, "chainID"> & { readonly version: number };

/** Others are of another engine: they are not read. */
const version = 1;

/**
 * Undefined for what is none, or is of another layer than it was: one that was written meanwhile. The file is one line with
 * the chain ID and one of JSON.
 */
export function readRecord(path: string, chainID: Digest): CopyRecord | undefined {
  const text = ifThere(() => readFileSync(path, "utf8"));
  if (text === undefined) return undefined;
  const [head = "", json = ""] = text.split("\n", 2);
  if (head !== chainID) return undefined;
  let body: Body;
  try {
    body = JSON.parse(json) as Body;
  } catch (error) {
    // Damaged: all is copied, and it is written anew.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return body.version === version ? { ...body, chainID } : undefined;
}

/** After a crash there is the old one or the new one. */
export function writeRecord(path: string, { chainID, origins, prefixes }: CopyRecord): void {
  const body: Body = { version, origins, prefixes };
  replaceDurably(path, `${chainID}\n${JSON.stringify(body)}\n`);
}
