import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { mount } from "../../os/mount.ts";
import type { Result } from "../solver/model.ts";
import type { OpRooms } from "./rooms.ts";
import type { Workplace } from "./workplace.ts";

/**
 * Mounts an input to be read, below a step's workplace, and answers where. A directory of somebody else is shown as it is,
 * with what its owner ignores; undefined is the empty tree.
 */
export function mountInput(
  { images }: OpRooms,
  workplace: Workplace,
  input: Result | undefined,
  name: string,
): string {
  if (input?.kind === "directory") return input.path;
  const place = join(workplace.directory, name);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  const top = input?.layers.at(-1);
  if (top !== undefined) for (const what of images.snapshots.mounts(top.chainID)) mount(what, place);
  return place;
}
