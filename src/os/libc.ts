import { dlopen, type Library, read, FFIType as T } from "bun:ffi";
import { constants as osConstants } from "node:os";
import { SlipwayError } from "../errors/index.ts";

/**
 * The C library's calls that Node's API lacks. All of them run on the calling thread, so none that can
 * wait belongs here: a blocking variant goes to a worker or a child.
 */
const definitions = {
  __errno_location: { args: [], returns: T.ptr },
  accept4: { args: [T.i32, T.ptr, T.ptr, T.i32], returns: T.i32 },
  bind: { args: [T.i32, T.ptr, T.u32], returns: T.i32 },
  chroot: { args: [T.ptr], returns: T.i32 },
  clock_gettime: { args: [T.i32, T.ptr], returns: T.i32 },
  close: { args: [T.i32], returns: T.i32 },
  connect: { args: [T.i32, T.ptr, T.u32], returns: T.i32 },
  epoll_create1: { args: [T.i32], returns: T.i32 },
  epoll_ctl: { args: [T.i32, T.i32, T.i32, T.ptr], returns: T.i32 },
  eventfd: { args: [T.u32, T.i32], returns: T.i32 },
  execve: { args: [T.ptr, T.ptr, T.ptr], returns: T.i32 },
  fcntl: { args: [T.i32, T.i32, T.i64], returns: T.i32 },
  fchdir: { args: [T.i32], returns: T.i32 },
  fchmodat: { args: [T.i32, T.ptr, T.u32, T.i32], returns: T.i32 },
  fchownat: { args: [T.i32, T.ptr, T.u32, T.u32, T.i32], returns: T.i32 },
  fgetxattr: { args: [T.i32, T.ptr, T.ptr, T.u64], returns: T.i64_fast },
  flistxattr: { args: [T.i32, T.ptr, T.u64], returns: T.i64_fast },
  flock: { args: [T.i32, T.i32], returns: T.i32 },
  fsetxattr: { args: [T.i32, T.ptr, T.ptr, T.u64, T.i32], returns: T.i32 },
  futimens: { args: [T.i32, T.ptr], returns: T.i32 },
  getdents64: { args: [T.i32, T.ptr, T.u64], returns: T.i64_fast },
  getsockopt: { args: [T.i32, T.i32, T.i32, T.ptr, T.ptr], returns: T.i32 },
  grantpt: { args: [T.i32], returns: T.i32 },
  inotify_add_watch: { args: [T.i32, T.ptr, T.u32], returns: T.i32 },
  inotify_init1: { args: [T.i32], returns: T.i32 },
  inotify_rm_watch: { args: [T.i32, T.i32], returns: T.i32 },
  ioctl: { args: [T.i32, T.u64, T.ptr], returns: T.i32 },
  memfd_create: { args: [T.ptr, T.u32], returns: T.i32 },
  listen: { args: [T.i32, T.i32], returns: T.i32 },
  lseek: { args: [T.i32, T.i64, T.i32], returns: T.i64_fast },
  linkat: { args: [T.i32, T.ptr, T.i32, T.ptr, T.i32], returns: T.i32 },
  lgetxattr: { args: [T.ptr, T.ptr, T.ptr, T.u64], returns: T.i64_fast },
  llistxattr: { args: [T.ptr, T.ptr, T.u64], returns: T.i64_fast },
  lsetxattr: { args: [T.ptr, T.ptr, T.ptr, T.u64, T.i32], returns: T.i32 },
  madvise: { args: [T.u64, T.u64, T.i32], returns: T.i32 },
  mkfifo: { args: [T.ptr, T.u32], returns: T.i32 },
  mkdirat: { args: [T.i32, T.ptr, T.u32], returns: T.i32 },
  mknod: { args: [T.ptr, T.u32, T.u64], returns: T.i32 },
  mknodat: { args: [T.i32, T.ptr, T.u32, T.u64], returns: T.i32 },
  mount: { args: [T.ptr, T.ptr, T.ptr, T.u64, T.ptr], returns: T.i32 },
  openat: { args: [T.i32, T.ptr, T.i32, T.u32], returns: T.i32 },
  pipe2: { args: [T.ptr, T.i32], returns: T.i32 },
  poll: { args: [T.ptr, T.u64, T.i32], returns: T.i32 },
  posix_openpt: { args: [T.i32], returns: T.i32 },
  prctl: { args: [T.i32, T.u64, T.u64, T.u64, T.u64], returns: T.i32 },
  pread: { args: [T.i32, T.ptr, T.u64, T.i64], returns: T.i64_fast },
  ptsname_r: { args: [T.i32, T.ptr, T.u64], returns: T.i32 },
  read: { args: [T.i32, T.ptr, T.u64], returns: T.i64_fast },
  readlinkat: { args: [T.i32, T.ptr, T.ptr, T.u64], returns: T.i64_fast },
  recv: { args: [T.i32, T.ptr, T.u64, T.i32], returns: T.i64_fast },
  recvmsg: { args: [T.i32, T.ptr, T.i32], returns: T.i64_fast },
  send: { args: [T.i32, T.ptr, T.u64, T.i32], returns: T.i64_fast },
  sendmsg: { args: [T.i32, T.ptr, T.i32], returns: T.i64_fast },
  setns: { args: [T.i32, T.i32], returns: T.i32 },
  setsockopt: { args: [T.i32, T.i32, T.i32, T.ptr, T.u32], returns: T.i32 },
  socket: { args: [T.i32, T.i32, T.i32], returns: T.i32 },
  splice: { args: [T.i32, T.ptr, T.i32, T.ptr, T.u64, T.u32], returns: T.i64_fast },
  statx: { args: [T.i32, T.ptr, T.i32, T.u32, T.ptr], returns: T.i32 },
  sync_file_range: { args: [T.i32, T.i64, T.i64, T.u32], returns: T.i32 },
  symlinkat: { args: [T.ptr, T.i32, T.ptr], returns: T.i32 },
  syncfs: { args: [T.i32], returns: T.i32 },
  syscall: { args: [T.i64, T.i64, T.i64, T.i64, T.i64, T.i64, T.i64], returns: T.i64_fast },
  umount2: { args: [T.ptr, T.i32], returns: T.i32 },
  unlinkat: { args: [T.i32, T.ptr, T.i32], returns: T.i32 },
  unlockpt: { args: [T.i32], returns: T.i32 },
  unshare: { args: [T.i32], returns: T.i32 },
  utimensat: { args: [T.i32, T.ptr, T.ptr, T.i32], returns: T.i32 },
  write: { args: [T.i32, T.ptr, T.u64], returns: T.i64_fast },
} as const;

type Definitions = typeof definitions;
type Symbols = { [Name in keyof Definitions]: Library<Pick<Definitions, Name>>["symbols"][Name] };

/** A function for calls by the ten thousand. It notes no errno: one that failed is called again, by `libc`, to learn why. */
export const directly = <Name extends keyof Definitions>(name: Name): Symbols[Name] => bind(name);

/** Binds a function of the C library. Bun compiles a stub for each: binding all of them at once takes a process 9 ms. */
function bind<Name extends keyof Definitions>(name: Name): Symbols[Name] {
  return dlopen("libc.so.6", { [name]: definitions[name] }).symbols[name] as Symbols[Name];
}

/** errno of the last call that failed. */
let failure = 0;
let errnoLocation: Symbols["__errno_location"] | undefined;

/**
 * errno is read right behind a call: memory that JavaScript asks for afterwards can make the runtime look how much the process
 * has, and where there is no /proc (after a chroot) that fails and leaves an errno of its own.
 */
function noting(call: (...args: unknown[]) => unknown) {
  errnoLocation ??= bind("__errno_location");
  const locate = errnoLocation;
  return (...args: unknown[]) => {
    const result = call(...args) as number | bigint | null;
    if (result === null || result < 0) {
      const location = locate();
      failure = location === null ? 0 : read.i32(location, 0);
    }
    return result;
  };
}

/**
 * Each function is bound when it is first named, which is before its arguments are there: between taking a pointer and the call
 * that uses it nothing may ask for memory, or what is pointed at is collected.
 */
const libc = {} as Omit<Symbols, "__errno_location">;
for (const name of Object.keys(definitions) as (keyof Definitions)[])
  Object.defineProperty(libc, name, {
    configurable: true,
    get() {
      const value = noting(bind(name) as (...args: unknown[]) => unknown);
      Object.defineProperty(libc, name, { value });
      return value;
    },
  });

export { libc };

/** A NUL-terminated copy of a string; keep the buffer referenced while its pointer is in use. */
export function cstring(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

/** Some numbers have two names (EAGAIN, EWOULDBLOCK): the first in the table is the usual one. */
const errnoNames = new Map(
  Object.entries(osConstants.errno)
    .reverse()
    .map(([name, value]) => [value, name]),
);
/** Node's table lacks what POSIX lacks; a bridge that has no room for another port says this. */
errnoNames.set(54, "EXFULL");

/** errno of the last of these calls that failed on this thread. */
export function errno(): number {
  return failure;
}

/** The name of an errno value: `2` is `ENOENT`. */
export function errnoName(value: number): string {
  return errnoNames.get(value) ?? `errno ${value}`;
}

/**
 * Passes a system call's result through; a negative one becomes a `system` (`exhausted` for a full disk)
 * error that says what was tried.
 */
export function check(result: number | bigint, what: string | (() => string)): number {
  const value = Number(result);
  if (value >= 0) return value;
  const name = errnoName(errno());
  const text = typeof what === "string" ? what : what();
  throw new SlipwayError(
    name === "ENOSPC" || name === "EDQUOT" ? "exhausted" : "system",
    `${text}: ${name}`,
    {
      errno: name,
    },
  );
}
