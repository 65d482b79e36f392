import { ptr } from "bun:ffi";
import { check, cstring, libc } from "../../os/libc.ts";

/**
 * Makes `root` this process's root and working directory: from here on no name, and no symbolic link planted by
 * an archive or a container, leads outside. Whatever must be opened outside is opened before.
 */
export function enterRoot(root: string): void {
  const path = cstring(root);
  check(libc.chroot(ptr(path)), () => `change the root directory to ${root}`);
  process.chdir("/");
  process.umask(0);
}

/** The same for an open directory, which may lie outside of the present root. */
export function enterOpenRoot(directory: number): void {
  check(libc.fchdir(directory), "enter an open directory");
  enterRoot(".");
}
