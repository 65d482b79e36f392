import { systemError } from "../../errors/index.ts";
import type { Image } from "../../images/index.ts";
import { compareStacks } from "../../layers/index.ts";
import { findImage } from "../image/find.ts";
import type { ImageRooms } from "../image/rooms.ts";
import { namesOf } from "./users.ts";

/** How the files of one image differ from another's. Both stay until the last line was read. */
export async function imageDiff(
  rooms: ImageRooms,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const stacks = [from, to].map((ref) => {
    const image = findImage(rooms.images, ref);
    return { image, directories: directoriesOf(rooms, image) };
  });
  return lines(rooms, stacks, signal);
}

async function* lines(
  rooms: ImageRooms,
  stacks: readonly { image: Image; directories: readonly string[] }[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const lease = rooms.leases.open();
  try {
    for (const { image } of stacks) for (const id of image.chain) lease.chains.add(id);
    const [before = [], after = []] = stacks.map(({ directories }) => directories);
    yield* compareStacks({ from: before, to: after }, signal);
  } finally {
    rooms.leases.close(lease);
  }
}

/** Of its layers, the topmost first. */
function directoriesOf(rooms: ImageRooms, image: Image): string[] {
  const { snapshots } = rooms;
  const missing = image.chain.find((id) => !snapshots.has(id));
  if (missing !== undefined) {
    const [name] = namesOf(rooms, image);
    throw systemError(`the layer ${missing} of ${name} is missing: run 'slipway system check --repair'`);
  }
  return image.chain.map((id) => snapshots.directory(id)).reverse();
}
