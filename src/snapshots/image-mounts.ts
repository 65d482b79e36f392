import { realpathSync } from "node:fs";
import { join } from "node:path";
import { SlipwayError } from "../errors/index.ts";
import { mount, unmount } from "../os/mount.ts";
import { readMountInfo } from "../os/mountinfo.ts";

/** Files of a layer that is an EROFS image: the image, and the tar archive that it shows. */
export interface LayerFiles {
  readonly image: string;
  readonly archive: string;
}

export function layerFiles(directory: string): LayerFiles {
  return { image: join(directory, "layer.erofs"), archive: join(directory, "layer.tar") };
}

/**
 * Layers that are EROFS images, mounted in their snapshots' directories from their first use on. Mounts that lie on one
 * hold its files by themselves, so that taking it away disturbs no container.
 */
export class ImageMounts {
  readonly #mounted = new Set<string>();

  /** Takes away what an engine that was killed has left mounted below `root`. */
  constructor(root: string) {
    const below = `${realpathSync(root)}/`;
    const left = readMountInfo().filter(({ type, target }) => type === "erofs" && target.startsWith(below));
    for (const { target } of left.reverse()) unmount(target);
  }

  /** Mounts a snapshot's layer on its `fs`, unless it is. One system call on files that are mostly in memory. */
  ensure(directory: string): void {
    if (this.#mounted.has(directory)) return;
    const { image, archive } = layerFiles(directory);
    try {
      mount({ type: "erofs", source: image, options: ["ro", `device=${archive}`] }, join(directory, "fs"));
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const remedy = "'slipway system check' says whether it is damaged, and repairs it";
      throw new SlipwayError(error.kind, `cannot use a layer: ${error.message}: ${remedy}`, error.details);
    }
    this.#mounted.add(directory);
  }

  release(directory: string): void {
    if (this.#mounted.delete(directory)) unmount(join(directory, "fs"));
  }

  releaseAll(): void {
    for (const directory of [...this.#mounted]) this.release(directory);
  }
}
