import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { SlipwayError } from "../../../../errors/index.ts";
import { askChild } from "../../../../layers/index.ts";
import { exchanged, mountIdMapped } from "../../../../os/idmap.ts";
import { mount } from "../../../../os/mount.ts";
import type { Result } from "../../../solver/model.ts";
import type { Workplace } from "../../workplace.ts";

/** What the child is to do: make a directory of overlayfs's whiteouts for all that the patterns exclude. */
export interface MaskRequest {
  readonly directory: string;
  readonly ignore: readonly string[];
  readonly mask: string;
  /** Whose files are shown as root's. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/**
 * A directory of somebody else in place, without what its owner ignores: under an overlay that says of each such file
 * that it is gone. Nothing is copied.
 */
export async function maskedDirectory(
  workplace: Workplace,
  { path, ignore }: Extract<Result, { kind: "directory" }>,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const source = join(workplace.directory, `${name}.source`);
  mkdirSync(source, { recursive: true });
  // Overlayfs's options have no room for every character of a path.
  const owner = await mountAsRoots(path, source);
  if (ignore.length === 0) return source;
  const mask = join(workplace.directory, `${name}.mask`);
  mkdirSync(mask);
  const request: MaskRequest = { directory: path, ignore, mask, owner };
  await askChild<null>("build-mask", request, { signal });
  const place = join(workplace.directory, name);
  mkdirSync(place);
  mount({ type: "overlay", source: "overlay", options: [`lowerdir=${mask}:${source}`] }, place);
  return place;
}

/** As with what is copied, files are root's: those of the directory's owner. Where a file system cannot show that, they are as they are. */
async function mountAsRoots(source: string, target: string): Promise<MaskRequest["owner"]> {
  const { uid, gid } = statSync(source);
  if (uid !== 0 || gid !== 0) {
    try {
      const [uids, gids] = [exchanged(uid, 0), exchanged(gid, 0)];
      await mountIdMapped({ source, target, recursive: true, uids, gids });
      return { uid, gid };
    } catch (error) {
      if (!(error instanceof SlipwayError && error.kind === "unavailable")) throw error;
    }
  }
  mount({ type: "bind", source, options: ["rbind", "rslave", "ro"] }, target);
  return { uid: 0, gid: 0 };
}
