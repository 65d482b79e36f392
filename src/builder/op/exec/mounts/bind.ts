import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildingPrefix } from "../../../../engine/image/garbage.ts";
import { mount } from "../../../../os/mount.ts";
import type { Result } from "../../../solver/model.ts";
import { mountInput } from "../../tree.ts";
import { type Inside, inside } from "./inside.ts";
import { maskedDirectory } from "./masked.ts";
import type { MountContext, MountOf, PreparedMount } from "./model.ts";

/** `--mount=type=bind`: a part of another tree. What is written there ends with the step. */
export async function prepareBind(
  context: MountContext,
  { target, input, source, writable }: MountOf<"bind">,
  number: number,
): Promise<PreparedMount> {
  const tree = input < 0 ? undefined : context.inputs[input];
  const { path, isFile } = await sourceOf(context, tree, { source, writable, number });
  const options = ["rbind", "rprivate", ...(writable ? [] : ["ro"])];
  return { mount: { destination: target, type: "bind", source: path, options }, isFile, env: [] };
}

async function sourceOf(
  context: MountContext,
  tree: Result | undefined,
  { source, writable, number }: { source: string; writable: boolean; number: number },
): Promise<Inside> {
  const { rooms, workplace, job } = context;
  const name = `mounts/${number}`;
  if (tree?.kind === "directory") {
    const lower = await maskedDirectory(workplace, tree, `${name}.masked`, job.signal);
    return inside(writable ? await overlaid(context, lower, number) : lower, source);
  }
  if (!writable) return inside(mountInput(rooms, workplace, tree, name), source);
  const key = await discarded(context, number, tree?.layers.at(-1)?.chainID);
  const place = join(workplace.directory, name);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  for (const what of rooms.images.snapshots.mounts(key, { volatile: true })) mount(what, place);
  return inside(place, source);
}

/** A directory of somebody else under a layer that takes what is written. */
async function overlaid(context: MountContext, lower: string, number: number): Promise<string> {
  const { workplace, rooms } = context;
  const { snapshots } = rooms.images;
  const key = await discarded(context, number, undefined);
  const place = join(workplace.directory, `mounts/${number}`);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  const [upper, work] = [snapshots.directory(key), join(snapshots.place(key), "work")];
  const options = [`lowerdir=${lower}`, `upperdir=${upper}`, `workdir=${work}`, "volatile", "xino=auto"];
  mount({ type: "overlay", source: "overlay", options }, place);
  return place;
}

/** A snapshot for what a step writes and nobody keeps. */
async function discarded(
  { rooms: { images }, workplace }: MountContext,
  number: number,
  parent: string | undefined,
): Promise<string> {
  const key = `${buildingPrefix}${workplace.id}-${number}`;
  await images.snapshots.prepare(key, parent);
  workplace.atEnd(() => images.snapshots.remove(key));
  return key;
}
