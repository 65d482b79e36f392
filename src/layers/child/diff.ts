import { type BigIntStats, closeSync, openSync, writeSync } from "node:fs";
import { invalid } from "../../errors/index.ts";
import { digestFromHex } from "../../oci/digest.ts";
import { beginWriting } from "../../os/fd.ts";
import type { ResumableSha256 } from "../../os/sha256.ts";
import type { Change, DiffRequest, MeasuredLayer, PackedLayer } from "../diff.ts";
import { findChanges } from "./changes.ts";
import { enterRoot } from "./chroot.ts";
import { Output, type PackOutput } from "./output.ts";
import { isOpaque, isWhiteout } from "./overlay.ts";
import { listDirectory, Packer, statOf } from "./packer.ts";
import type { PrefixDigest } from "./prefix.ts";

/** So many bytes at a time go to the disk, while the next ones are read and hashed. */
const burst = 16 << 20;

/** What is told of each file before it is packed. */
type Count = (stat: BigIntStats, path: string) => void;

/** The work of `measureLayer`, `packLayer` and `changes`. */
export async function work(request: DiffRequest): Promise<MeasuredLayer | PackedLayer | Change[]> {
  if (request.operation === "changes") return findChanges(request.upper, request.lowers);
  if (request.operation === "pack") return packInto(request.file, request.upper);
  enterRoot(request.upper);
  return measure();
}

/** Writes the layer that this process's root directory is to standard output. */
export function write(): void {
  pack(new Output(), () => undefined);
}

function packInto(file: string, upper: string): PackedLayer {
  const fd = openSync(file, "w");
  try {
    enterRoot(upper);
    const hasher = new Bun.CryptoHasher("sha256");
    let [size, begun] = [0, 0];
    const output = new Output((bytes) => {
      hasher.update(bytes);
      size += bytes.length;
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      if (size - begun < burst) return;
      beginWriting(fd, begun, size - begun);
      begun = size;
    });
    pack(output, () => undefined);
    return { digest: digestFromHex(hasher.digest("hex")), size };
  } finally {
    closeSync(fd);
  }
}

/** Of this process's root directory. */
export function measure(): MeasuredLayer {
  const hasher = new Bun.CryptoHasher("sha256");
  const counted = pack(new Output((bytes) => hasher.update(bytes)), () => undefined);
  return { diffID: digestFromHex(hasher.digest("hex")), ...counted };
}

/** The same; of the digest's beginning nothing is read that is an earlier one's. */
export function measureFrom(digest: PrefixDigest, sha256: ResumableSha256): MeasuredLayer {
  const counted = pack(digest, (path) => digest.member(path));
  return { diffID: digestFromHex(sha256.digest()), ...counted };
}

function pack(output: PackOutput, member: (path: string) => void): Omit<MeasuredLayer, "diffID"> {
  const packer = new Packer(output);
  const several = new Set<bigint>();
  let [size, inodes] = [0n, 1];
  packDirectory(packer, "/", "", (stat, path) => {
    member(path);
    if (stat.nlink > 1n && !stat.isDirectory()) {
      if (several.has(stat.ino)) return;
      several.add(stat.ino);
    }
    inodes++;
    if (!stat.isDirectory()) size += stat.size;
  });
  packer.end();
  return { size: Number(size), inodes };
}

/** A directory of an overlay's upper layer, with whiteouts as the OCI image specification has them (layer.md). */
function packDirectory(packer: Packer, path: string, name: string, count: Count): void {
  packer.add(path, name);
  const [base, prefix] = [path === "/" ? "" : path, name === "" ? "" : `${name}/`];
  if (name !== "" && isOpaque(path)) packer.addEmpty(`${prefix}.wh..wh..opq`);
  for (const child of listDirectory(path)) {
    if (child.startsWith(".wh.")) {
      throw invalid(
        `${base}/${child} cannot be in an image: names with .wh. mean deleted files there; rename it`,
      );
    }
    const stat = statOf(`${base}/${child}`);
    if (stat === undefined) continue;
    count(stat, `${base}/${child}`);
    if (isWhiteout(stat)) packer.addEmpty(`${prefix}.wh.${child}`);
    else if (stat.isDirectory()) packDirectory(packer, `${base}/${child}`, prefix + child, count);
    else packer.add(`${base}/${child}`, prefix + child);
  }
}
