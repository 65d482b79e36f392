import { ptr } from "bun:ffi";
import { check, cstring, libc } from "./libc.ts";

const maxListBytes = 65536;
const maxValueBytes = 65536;
const list = new Uint8Array(maxListBytes);
const value = new Uint8Array(maxValueBytes);

/** A path as the C library takes it; names need not be UTF-8. */
export function cpath(path: string | Buffer): Buffer {
  return typeof path === "string" ? cstring(path) : Buffer.concat([path, Buffer.alloc(1)]);
}

/** The names of a file's extended attributes (xattr(7)); a symbolic link is not followed. */
export function listXattrs(path: string | Buffer): string[] {
  const name = cpath(path);
  const count = Number(libc.llistxattr(ptr(name), ptr(list), maxListBytes));
  if (count === 0) return [];
  check(count, () => `list the extended attributes of ${path}`);
  return Buffer.from(list.subarray(0, count - 1))
    .toString()
    .split("\0");
}

/** An attribute's value; an error with errno ENODATA when the file has none of that name. */
export function getXattr(path: string | Buffer, attribute: string): Uint8Array {
  const [file, name] = [cpath(path), cstring(attribute)];
  const result = libc.lgetxattr(ptr(file), ptr(name), ptr(value), maxValueBytes);
  return value.slice(
    0,
    check(result, () => `read the extended attribute ${attribute} of ${path}`),
  );
}

export function setXattr(path: string | Buffer, attribute: string, content: Uint8Array): void {
  const [file, name] = [cpath(path), cstring(attribute)];
  const result = libc.lsetxattr(
    ptr(file),
    ptr(name),
    content.length === 0 ? null : ptr(content),
    content.length,
    0,
  );
  check(result, () => `set the extended attribute ${attribute} of ${path}`);
}
