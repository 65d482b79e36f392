import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { errnoOf } from "../../../../../errors/index.ts";
import type { HashedPrefix } from "../../../../../layers/child/prefix.ts";
import type { Digest } from "../../../../../oci/digest.ts";

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
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
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
  const temporary = `${path}.${process.pid}.new`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
  const fd = openSync(temporary, flags, 0o600);
  try {
    const body: Body = { version, origins, prefixes };
    const bytes = Buffer.from(`${chainID}\n${JSON.stringify(body)}\n`);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
}
