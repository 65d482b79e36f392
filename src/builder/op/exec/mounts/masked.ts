import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "../../../../layers/index.ts";
import { mount } from "../../../../os/mount.ts";
import type { Result } from "../../../solver/model.ts";
import type { Workplace } from "../../workplace.ts";

/** What the child is to do: make a directory of overlayfs's whiteouts for all that the patterns exclude. */
export interface MaskRequest {
  readonly directory: string;
  readonly ignore: readonly string[];
  readonly mask: string;
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
  mount({ type: "bind", source: path, options: ["rbind", "rslave", "ro"] }, source);
  if (ignore.length === 0) return source;
  const mask = join(workplace.directory, `${name}.mask`);
  mkdirSync(mask);
  const request: MaskRequest = { directory: path, ignore, mask };
  await startChild<null>("build-mask", request, { signal }).result;
  const place = join(workplace.directory, name);
  mkdirSync(place);
  mount({ type: "overlay", source: "overlay", options: [`lowerdir=${mask}:${source}`] }, place);
  return place;
}
