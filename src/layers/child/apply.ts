import { constants, openSync } from "node:fs";
import { TarDecoder } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";
import { digestFromHex } from "../../oci/digest.ts";
import { check, libc } from "../../os/libc.ts";
import type { AppliedLayer, ApplyRequest } from "../apply.ts";
import { Blob } from "./blob.ts";
import { enterRoot } from "./chroot.ts";
import { decompress } from "./decompress.ts";
import { answer, sendEvent } from "./protocol.ts";
import { Unpacker } from "./unpacker.ts";

const progressEvery = 8 << 20;

/** The child of `applyLayer`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, apply);
}

async function apply(request: ApplyRequest): Promise<AppliedLayer> {
  const blob = new Blob(request.blob);
  enterRoot(request.target);
  const unpacker = new Unpacker({
    directory: "",
    whiteouts: request.whiteouts ?? true,
    ...(request.maxBytes === undefined ? {} : { maxBytes: request.maxBytes }),
    ...(request.maxEntries === undefined ? {} : { maxEntries: request.maxEntries }),
  });
  const decoder = new TarDecoder(unpacker);
  // What is not compressed need not be hashed twice.
  const hasher = blob.isCompressed ? new Bun.CryptoHasher("sha256") : undefined;
  let told = 0;
  await decompress(blob.chunks(), (chunk) => {
    hasher?.update(chunk);
    decoder.write(chunk);
    if (blob.read - told < progressEvery) return;
    told = blob.read;
    sendEvent({ read: blob.read, size: blob.size });
  });
  decoder.finish();
  unpacker.finish();
  const digest = digestFromHex(blob.digest());
  if (request.digest !== undefined && request.digest !== digest) {
    throw invalid(`the layer's digest is ${digest}, not ${request.digest}`);
  }
  if (request.sync) syncRoot();
  const diffID = hasher === undefined ? digest : digestFromHex(hasher.digest("hex"));
  return { diffID, size: unpacker.size, entries: unpacker.entries };
}

/** Writes the whole file system out (syncfs(2)): dearer than the unpacking, so only where asked for. */
function syncRoot(): void {
  check(libc.syncfs(openSync("/", constants.O_RDONLY)), "write the layer to the disk");
}
