import { ptr } from "bun:ffi";
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { errnoOf, messageOf } from "../../errors/index.ts";
import { check, libc } from "../../os/libc.ts";
import { endWithParent } from "../../os/parent.ts";
import { setTimesOf } from "../../os/times.ts";
import { cpath, getXattr, listXattrs, setXattr } from "../../os/xattr.ts";
import type { MountAnswer } from "./mount.ts";

/**
 * `internal volume-copy SOURCE TARGET PARENT`: copies a directory's content and attributes to a new directory: owners,
 * modes, times of modification, links, devices, extended attributes and holes. Fewer calls a file than cp(1) makes. It
 * does not outlive the engine, whose process PARENT is: the next one deletes what is there of the copy.
 */
export async function run([source = "", target = "", parent = ""]: string[]): Promise<number> {
  process.umask(0);
  try {
    endWithParent(Number(parent));
    new TreeCopy().node(Buffer.from(`${source}/.`), Buffer.from(target));
    return 0;
  } catch (error) {
    const errno = errnoOf(error);
    const answer: MountAnswer = { message: messageOf(error), ...(errno === undefined ? {} : { errno }) };
    await Bun.write(Bun.stdout, JSON.stringify(answer));
    return 1;
  }
}

const slash = Buffer.from("/");
const chunk = Buffer.allocUnsafeSlow(256 * 1024);
const zeros = Buffer.alloc(chunk.length);

class TreeCopy {
  /** Where files with several names are copied already, by inode. */
  readonly #linked = new Map<string, Buffer>();

  node(from: Buffer, to: Buffer): void {
    const stat = lstatSync(from, { bigint: true });
    if (stat.isDirectory()) mkdirSync(to, 0o700);
    else if (this.#link(stat, to)) return;
    else if (stat.isFile()) copyFile(from, to, stat);
    else if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from, { encoding: "buffer" }), to);
    else makeSpecial(to, stat);
    if (stat.isDirectory()) {
      for (const name of readdirSync(from, { encoding: "buffer" }))
        this.node(Buffer.concat([from, slash, name]), Buffer.concat([to, slash, name]));
    }
    copyAttributes(from, to, stat);
  }

  /** Gives a file that was copied under another name this one, too. */
  #link({ nlink, ino, dev }: BigIntStats, to: Buffer): boolean {
    if (nlink < 2n) return false;
    const key = `${dev} ${ino}`;
    const first = this.#linked.get(key);
    if (first === undefined) this.#linked.set(key, to);
    else linkSync(first, to);
    return first !== undefined;
  }
}

function copyFile(from: Buffer, to: Buffer, stat: BigIntStats): void {
  const source = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const target = openSync(to, "wx", 0o600);
    try {
      copyContent(source, target, stat);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

function copyContent(source: number, target: number, { size, blocks }: BigIntStats): void {
  const hasHoles = blocks * 512n < size;
  let at = 0;
  for (;;) {
    const count = readSync(source, chunk, 0, chunk.length, at);
    if (count === 0) break;
    const isHole = hasHoles && chunk.compare(zeros, 0, count, 0, count) === 0;
    for (let done = 0; !isHole && done < count; )
      done += writeSync(target, chunk, done, count - done, at + done);
    at += count;
    // The end of the file was reached: a short read says so.
    if (count < chunk.length && at >= Number(size)) break;
  }
  if (hasHoles) ftruncateSync(target, at);
}

function makeSpecial(path: Buffer, { mode, rdev }: BigIntStats): void {
  const name = cpath(path);
  check(libc.mknod(ptr(name), Number(mode), rdev), () => `make the device ${path}`);
}

/** In the order that keeps them: a new owner takes set-id bits and capabilities away, and all of it the times. */
function copyAttributes(from: Buffer, to: Buffer, stat: BigIntStats): void {
  if (stat.uid !== 0n || stat.gid !== 0n) lchownSync(to, Number(stat.uid), Number(stat.gid));
  if (!stat.isSymbolicLink()) chmodSync(to, Number(stat.mode & 0o7777n));
  for (const name of listXattrs(from)) setXattr(to, name, getXattr(from, name));
  setTimesOf(cpath(to), stat.mtimeNs);
}
