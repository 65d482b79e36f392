import { ptr } from "bun:ffi";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { errnoOf, systemError, unavailable } from "../errors/index.ts";
import { check, cstring, libc } from "./libc.ts";

/* Calls of the newer mount interface; their numbers are the same on every architecture. */
const SYS_open_tree = 428;
const SYS_move_mount = 429;
const SYS_mount_setattr = 442;
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const AT_RECURSIVE = 0x8000;
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2000000;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const MOUNT_ATTR_IDMAP = 0x100000n;
const MS_PRIVATE = 1n << 18n;

/** The highest id but one is the last: the highest stands for none. */
const idCount = 2 ** 32 - 1;
const helperTimeout = 10_000;

/** A line of user_namespaces(7)'s uid_map: `count` ids from `inside` on are those from `outside` on. */
export type IdRange = readonly [inside: number, outside: number, count: number];

export interface IdMappedMount {
  readonly source: string;
  readonly target: string;
  /** With the mounts below the source. */
  readonly recursive: boolean;
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
}

/** All ids as they are, but for two that stand for each other. */
export function exchanged(one: number, other: number): IdRange[] {
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  if (low === high) return [[0, 0, idCount]];
  const ranges: IdRange[] = [
    [0, 0, low],
    [low, high, 1],
    [low + 1, low + 1, high - low - 1],
    [high, low, 1],
    [high + 1, high + 1, idCount - high - 1],
  ];
  return ranges.filter(([, , count]) => count > 0);
}

/**
 * Mounts `source` on `target` with its files' owners shown as `uids` and `gids` say (mount_setattr(2), Linux 5.12).
 * The mount is private: taking it away takes nothing away from the source. `unavailable` where a file system cannot.
 */
export async function mountIdMapped({ source, target, recursive, uids, gids }: IdMappedMount): Promise<void> {
  const namespace = await userNamespace(uids, gids);
  const below = recursive ? AT_RECURSIVE : 0;
  let tree = -1;
  try {
    const [from, to, empty] = [cstring(source), cstring(target), cstring("")];
    const cloning = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | below;
    tree = check(
      libc.syscall(SYS_open_tree, AT_FDCWD, ptr(from), cloning, 0, 0, 0),
      () => `open the mount ${source}`,
    );
    const attributes = new BigUint64Array([MOUNT_ATTR_IDMAP, 0n, MS_PRIVATE, BigInt(namespace)]);
    const size = attributes.byteLength;
    const set = libc.syscall(
      SYS_mount_setattr,
      tree,
      ptr(empty),
      AT_EMPTY_PATH | below,
      ptr(attributes),
      size,
      0,
    );
    check(set, () => `map the owners of ${source}`);
    const moved = libc.syscall(
      SYS_move_mount,
      tree,
      ptr(empty),
      AT_FDCWD,
      ptr(to),
      MOVE_MOUNT_F_EMPTY_PATH,
      0,
    );
    check(moved, () => `mount ${source} on ${target}`);
  } catch (cause) {
    if (!["EINVAL", "ENOSYS", "EPERM"].includes(errnoOf(cause) ?? "")) throw cause;
    throw unavailable(
      `cannot show other owners of ${source}: its file system, or one mounted below it, has no id-mapped mounts`,
      { cause },
    );
  } finally {
    closeSync(namespace);
    if (tree >= 0) closeSync(tree);
  }
}

/** A descriptor of a user namespace with these maps. It is made by a child: a process with threads cannot. */
async function userNamespace(uids: readonly IdRange[], gids: readonly IdRange[]): Promise<number> {
  const child = Bun.spawn(["unshare", "--user", "--", "cat"], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: helperTimeout,
  });
  try {
    // What comes back was sent from inside the namespace.
    child.stdin.write("\n");
    child.stdin.flush();
    const { done } = await child.stdout.getReader().read();
    if (done) throw systemError(`cannot make a user namespace: ${(await child.stderr.text()).trim()}`);
    writeFileSync(`/proc/${child.pid}/uid_map`, lines(uids));
    writeFileSync(`/proc/${child.pid}/gid_map`, lines(gids));
    return openSync(`/proc/${child.pid}/ns/user`, "r");
  } finally {
    child.stdin.end();
    await child.exited;
  }
}

const lines = (ranges: readonly IdRange[]) => ranges.map((range) => `${range.join(" ")}\n`).join("");
