import { closeSync, constants, openSync, readlinkSync, readSync } from "node:fs";
import type { ImageDifference } from "../../api/index.ts";
import { fsPath } from "../../archive/index.ts";
import { errnoOf } from "../../errors/index.ts";
import { getXattr, listXattrs } from "../../os/xattr.ts";
import type { CompareRequest } from "../compare.ts";
import { lookUp, type MergedEntry, namesIn } from "./merged.ts";
import { Output } from "./output.ts";
import { answer } from "./protocol.ts";

const pieceBytes = 1 << 17;
const pieces = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)] as const;
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The child of `compareStacks`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async ({ from, to }: CompareRequest) => {
    const output = new Output();
    compare(from, to, "", (difference) => output.write(Buffer.from(`${JSON.stringify(difference)}\n`)));
    output.flush();
    return null;
  });
}

type Tell = (difference: ImageDifference) => void;

/** Directories that both stacks end with say the same about what only they mention. */
function compare(from: readonly string[], to: readonly string[], path: string, tell: Tell): void {
  let shared = 0;
  while (shared < Math.min(from.length, to.length) && from.at(-1 - shared) === to.at(-1 - shared)) shared++;
  const own = (stack: readonly string[]) => stack.slice(0, stack.length - shared);
  const mentioned = namesIn([...own(from), ...own(to)]);
  for (const name of mentioned) {
    compareEntries(lookUp(from, name), lookUp(to, name), `${path}/${name}`, tell);
  }
}

function compareEntries(
  before: MergedEntry | undefined,
  after: MergedEntry | undefined,
  path: string,
  tell: Tell,
): void {
  if (before === undefined && after === undefined) return;
  const sizes = { ...sizeOf("From", before), ...sizeOf("To", after) };
  const Type = typeOf((after ?? before) as MergedEntry);
  if (before === undefined || after === undefined) {
    tell({ Path: path, Kind: before === undefined ? 1 : 2, Type, ...sizes });
  } else {
    const Changes = changesOf(before, after);
    if (Changes.length > 0) tell({ Path: path, Kind: 0, Type, ...sizes, Changes });
  }
  const [from, to] = [before?.directories ?? [], after?.directories ?? []];
  if (from.length + to.length > 0) compare(from, to, path, tell);
}

function sizeOf(key: "From" | "To", entry: MergedEntry | undefined): { From?: number; To?: number } {
  return entry?.stat.isFile() ? { [key]: Number(entry.stat.size) } : {};
}

function typeOf({ stat }: MergedEntry): ImageDifference["Type"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  return stat.isSymbolicLink() ? "symlink" : "other";
}

const typeBits = 0o170000n;

function changesOf(before: MergedEntry, after: MergedEntry): string[] {
  const [a, b] = [before.stat, after.stat];
  if (a.dev === b.dev && a.ino === b.ino) return [];
  if ((a.mode & typeBits) !== (b.mode & typeBits)) return ["type"];
  const changes: [string, boolean][] = [
    ["content", a.isFile() && (a.size !== b.size || !haveSameContent(before, after))],
    ["target", a.isSymbolicLink() && linkTarget(before) !== linkTarget(after)],
    ["device", a.rdev !== b.rdev],
    ["mode", (a.mode & 0o7777n) !== (b.mode & 0o7777n)],
    ["owner", a.uid !== b.uid || a.gid !== b.gid],
    ["attributes", attributesOf(before) !== attributesOf(after)],
  ];
  return changes.filter(([, changed]) => changed).map(([name]) => name);
}

const linkTarget = ({ path }: MergedEntry): string =>
  readlinkSync(fsPath(path), { encoding: "buffer" }).toString("latin1");

/** The attributes that belong to the file, as one text. */
function attributesOf({ path, stat }: MergedEntry): string {
  if (!stat.isFile() && !stat.isDirectory()) return "";
  const file = fsPath(path);
  try {
    const names = listXattrs(file).filter(
      (name) => name === "security.capability" || name.startsWith("user."),
    );
    return names
      .sort()
      .map((name) => `${name}=${Buffer.from(getXattr(file, name)).toString("hex")}`)
      .join();
  } catch (error) {
    if (["ENOTSUP", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) return "";
    throw error;
  }
}

function haveSameContent(before: MergedEntry, after: MergedEntry): boolean {
  const files = [before, after].map(({ path }) => openSync(fsPath(path), readOnly));
  try {
    for (;;) {
      const [a, b] = files.map((file, index) => fill(file, pieces[index as 0 | 1]));
      if (a === undefined || b === undefined || Buffer.compare(a, b) !== 0) return false;
      if (a.length === 0) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** As much as fits, so that equal files come in equal pieces. */
function fill(file: number, piece: Buffer): Buffer {
  let filled = 0;
  for (let count = -1; count !== 0 && filled < piece.length; filled += count)
    count = readSync(file, piece, filled, piece.length - filled, null);
  return piece.subarray(0, filled);
}
