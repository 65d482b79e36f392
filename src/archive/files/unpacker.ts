import { closeSync, constants, fchmodSync, fchownSync, ftruncateSync, writeSync } from "node:fs";
import { errnoOf, invalid, messageOf, SlipwayError } from "../../errors/index.ts";
import {
  changeOwnerAt,
  FileStatus,
  linkAt,
  makeDirectoryAt,
  makeLinkAt,
  makeNodeAt,
  openAt,
  removeAt,
  setAttributeOf,
  setTimesAt,
} from "../../os/at.ts";
import { makeDevice } from "../../os/device-number.ts";
import { setTimes } from "../../os/times.ts";
import type { TarSink } from "../decoder.ts";
import type { TarHeader } from "../header.ts";
import { encodeName } from "../name.ts";
import { type Place, Places } from "./places.ts";

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const openDirectory = constants.O_RDONLY | constants.O_DIRECTORY;
const typeMask = 0o170000;
const directoryType = 0o040000;
const nodeTypes: Readonly<Record<string, number>> = { fifo: 0o010000, char: 0o020000, block: 0o060000 };

export interface UnpackOptions {
  /** Owners are the archive's; otherwise everything belongs to this process's user. */
  readonly keepOwners: boolean;
  /**
   * Where a member goes: its path's components below the directory; none for the directory itself, which stays as it
   * is. Throws for one that would go elsewhere.
   */
  place(name: string): readonly string[];
}

/**
 * Unpacks an archive below an open directory without leaving it: neither by a member's name nor through a link,
 * whether the archive brought it or somebody sets it meanwhile. The archive is not trusted. A directory is not
 * replaced by something else nor something else by a directory; other things are replaced. This process's umask must
 * be 0.
 */
export class FileUnpacker implements TarSink {
  readonly #places: Places;
  readonly #status = new FileStatus();
  readonly #directories: [parts: readonly string[], header: TarHeader][] = [];
  #fd = -1;
  #header!: TarHeader;

  constructor(
    private readonly top: number,
    private readonly options: UnpackOptions,
  ) {
    this.#places = new Places(top);
  }

  entry(header: TarHeader): void {
    this.#header = header;
    this.#told(() => this.#entry(header));
  }

  data(chunk: Uint8Array, offset: number): void {
    if (this.#fd < 0) return;
    this.#told(() => {
      for (let at = 0; at < chunk.length; ) {
        at += writeSync(this.#fd, chunk, at, chunk.length - at, offset + at);
      }
    });
  }

  end(): void {
    if (this.#fd >= 0) this.#told(() => this.#finishFile());
  }

  /** Directories get their modes and times: both would be in the way before. To be called after the last member. */
  finish(): void {
    for (const [parts, header] of this.#directories.reverse()) {
      this.#header = header;
      this.#told(() => {
        const fd = this.#openDirectory(parts);
        try {
          this.#attributes(fd, header);
          fchmodSync(fd, header.mode);
          setTimes(fd, header.mtime);
        } finally {
          closeSync(fd);
        }
      });
    }
    this.close();
  }

  /** Lets go of everything. Needed where `finish` is not reached. */
  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
    this.#places.close();
  }

  #entry(header: TarHeader): void {
    const parts = this.options.place(header.name);
    if (parts.length === 0) {
      if (header.type !== "directory") throw invalid("only a directory can take the place of the target");
      return;
    }
    const place = this.#places.at(parts);
    switch (header.type) {
      case "directory":
        this.#directory(parts, place, header);
        return;
      case "file":
        this.#replacing(place, () => {
          this.#fd = openAt(place.directory, place.name, newFile, header.mode);
        });
        return;
      case "hardlink":
        this.#hardLink(parts, header);
        return;
      case "symlink": {
        const text = Buffer.concat([encodeName(header.linkName), Buffer.alloc(1)]);
        this.#replacing(place, () => makeLinkAt(text, place.directory, place.name));
        break;
      }
      default: {
        const mode = (nodeTypes[header.type] ?? 0) | header.mode;
        const device = makeDevice(header.devMajor, header.devMinor);
        this.#replacing(place, () => makeNodeAt(place.directory, place.name, mode, device));
      }
    }
    if (this.options.keepOwners) changeOwnerAt(place.directory, place.name, header.uid, header.gid);
    setTimesAt(place.directory, place.name, header.mtime);
  }

  #directory(parts: readonly string[], place: Place, header: TarHeader): void {
    try {
      makeDirectoryAt(place.directory, place.name, 0o700);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      if (!this.#isDirectory(place)) throw invalid("cannot overwrite non-directory with directory");
    }
    this.#directories.push([parts, header]);
  }

  #hardLink(parts: readonly string[], header: TarHeader): void {
    const existing = this.options.place(header.linkName);
    const from = new Places(this.top);
    try {
      const source = from.at(existing);
      const place = this.#places.at(parts);
      this.#replacing(place, () => linkAt(source.directory, source.name, place.directory, place.name));
    } finally {
      from.close();
    }
  }

  /** Makes something in the place of what may be there: most often nothing, so that is tried first. */
  #replacing(place: Place, make: () => void): void {
    try {
      make();
      return;
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    if (this.#isDirectory(place)) throw invalid("cannot overwrite directory with non-directory");
    removeAt(place.directory, place.name);
    make();
  }

  #isDirectory({ directory, name }: Place): boolean {
    return (this.#status.ofName(directory, name).mode & typeMask) === directoryType;
  }

  #openDirectory(parts: readonly string[]): number {
    const { directory, name } = this.#places.at(parts);
    return openAt(directory, name, openDirectory);
  }

  #finishFile(): void {
    const fd = this.#fd;
    const header = this.#header;
    this.#fd = -1;
    try {
      if (header.sparse !== undefined) ftruncateSync(fd, header.size);
      this.#attributes(fd, header);
      // Changing the owner and writing clear these.
      if ((header.mode & 0o7000) !== 0) fchmodSync(fd, header.mode);
      setTimes(fd, header.mtime);
    } finally {
      closeSync(fd);
    }
  }

  #attributes(fd: number, { uid, gid, xattrs }: TarHeader): void {
    if (this.options.keepOwners) fchownSync(fd, uid, gid);
    for (const [name, value] of xattrs) {
      try {
        setAttributeOf(fd, name, value);
      } catch (error) {
        // As Docker: neither a file system without them nor a user who may not keeps files from being copied.
        if (!["ENOTSUP", "EOPNOTSUPP", "EPERM"].includes(errnoOf(error) ?? "")) throw error;
      }
    }
  }

  /** Does a part of the work for the member at hand, whose name errors begin with. */
  #told(work: () => void): void {
    try {
      work();
    } catch (error) {
      const { name } = this.#header;
      const errno = errnoOf(error);
      const kind = errno === "ENOSPC" || errno === "EDQUOT" ? "exhausted" : "invalid";
      const reason = errno === "ENOTDIR" || errno === "ELOOP" ? "a link is in the way" : messageOf(error);
      const details = { ...(errno === undefined ? {} : { errno }), cause: error };
      throw new SlipwayError(kind, `cannot write "${name}": ${reason}`, details);
    }
  }
}
