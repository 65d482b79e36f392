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
