import { existsSync } from "node:fs";
import type { FileSystemMount } from "../os/mount.ts";

/**
 * Options that the kernel may have been built to switch on: an index ties an upper directory to its lower ones,
 * and redirects and metadata-only copies make an upper directory that is no complete layer.
 */
const stable = (["index", "metacopy", "redirect_dir"] as const).filter((name) =>
  existsSync(`/sys/module/overlay/parameters/${name}`),
);

export interface OverlayDirectories {
  /** Topmost first. */
  readonly lower: readonly string[];
  readonly upper?: { readonly fs: string; readonly work: string };
  /** Nothing is flushed, so unmounting is quick; after a power loss the upper directory may be torn. */
  readonly volatile?: boolean;
  /** Whether the directories are of several file systems. */
  readonly mixed?: boolean;
}

/** How to mount a stack of directories: by overlayfs, or by bind where there is but one. */
export function describeMount({ lower, upper, volatile, mixed }: OverlayDirectories): FileSystemMount {
  const [only] = lower;
  if (upper === undefined && only !== undefined && lower.length === 1) {
    return { type: "bind", source: only, options: ["bind", "ro"] };
  }
  if (upper !== undefined && only === undefined) {
    return { type: "bind", source: upper.fs, options: ["bind", "rw"] };
  }
  const options = stable.map((name) => `${name}=off`);
  if (upper !== undefined) options.push(`workdir=${upper.work}`, `upperdir=${upper.fs}`);
  options.push(`lowerdir=${lower.join(":")}`);
  // Otherwise a file's device differs from its directory's, and changes when the file is written to.
  if (mixed) options.push("xino=on");
  if (upper !== undefined && volatile) options.push("volatile");
  return { type: "overlay", source: "overlay", options };
}
