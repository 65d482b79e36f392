import { fsPath } from "../../../../archive/index.ts";
import { errnoOf } from "../../../../errors/index.ts";
import { statOf } from "../../../../layers/child/packer.ts";
import { setTimesOf } from "../../../../os/times.ts";
import { cpath } from "../../../../os/xattr.ts";

/**
 * Times of directories that change only because something is put into them: those that were there keep theirs, so that
 * the same inputs make the same layer. To be set when all is done.
 */
export class DirectoryTimes {
  readonly #times = new Map<string, bigint>();

  /** To be called before something is made or removed in a directory. */
  keep(path: string): void {
    if (this.#times.has(path)) return;
    const stat = statOf(path);
    if (stat?.isDirectory()) this.#times.set(path, stat.mtimeNs);
  }

  set(path: string, nanoseconds: bigint): void {
    this.#times.set(path, nanoseconds);
  }

  apply(): void {
    for (const [path, time] of this.#times) {
      // The root belongs to no layer.
      if (path === "/" || !statOf(path)?.isDirectory()) continue;
      try {
        setTimesOf(cpath(fsPath(path)), time);
      } catch (error) {
        if (errnoOf(error) !== "ENOENT") throw error;
      }
    }
  }
}
