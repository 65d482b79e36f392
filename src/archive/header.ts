export type EntryType = "file" | "hardlink" | "symlink" | "char" | "block" | "directory" | "fifo";

/** A stretch of a sparse file that holds data; what lies between is zeros. */
export interface SparseRegion {
  readonly offset: number;
  readonly size: number;
}

/**
 * One member of a tar archive, whatever dialect it was written in. Names are file names: bytes that are no UTF-8
 * are kept as lone surrogates, see `decodeName`.
 */
export interface TarHeader {
  name: string;
  type: EntryType;
  /** Permission bits, set-id and sticky bits included. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of the file as unpacked; 0 for all but files. */
  size: number;
  /** Nanoseconds since the epoch. */
  mtime: bigint;
  /** Target of a symbolic link, or name of the member that a hard link is another name of. */
  linkName: string;
  devMajor: number;
  devMinor: number;
  /** Extended attributes by full name (`security.capability`); values are binary. */
  xattrs: ReadonlyMap<string, Uint8Array>;
  /** Only these stretches are stored in the archive. */
  sparse?: readonly SparseRegion[];
}

const noXattrs: ReadonlyMap<string, Uint8Array> = new Map();

/** A header with usual values for what is not given: a file of root's with mode 0644 from the epoch. */
export function tarHeader(values: Partial<TarHeader> & { name: string }): TarHeader {
  return {
    type: "file",
    mode: values.type === "directory" ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0n,
    linkName: "",
    devMajor: 0,
    devMinor: 0,
    xattrs: noXattrs,
    ...values,
  };
}

export const blockSize = 512;

/** Bytes of padding after `size` bytes of data. */
export function paddingAfter(size: number): number {
  return -size & (blockSize - 1) ? blockSize - (size % blockSize) : 0;
}

/** Type flags of the ustar header (POSIX.1-1988 and pax(1)). */
export const typeFlags: Readonly<Record<EntryType, string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  char: "3",
  block: "4",
  directory: "5",
  fifo: "6",
};
