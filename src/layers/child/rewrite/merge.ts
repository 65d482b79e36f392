import {
  readTar,
  type TarEntry,
  tarHeader,
  type WritableEntry,
  writable,
  writeTar,
} from "../../../archive/index.ts";
import { Cover } from "./cover.ts";

/** A layer's archive, from its beginning. */
export type Archive = () => AsyncIterable<Uint8Array>;

const whiteout = ".wh.";
const opaque = ".wh..wh..opq";

/**
 * One archive of several layers' archives, the lowest first: the topmost comes first, and of those below what it leaves to be
 * seen. Each is asked for several times.
 */
export function mergeLayers(layers: readonly Archive[]): AsyncIterable<Uint8Array> {
  async function* entries(): AsyncGenerator<WritableEntry> {
    const cover = new Cover();
    for (const layer of layers.toReversed()) {
      // A file's other names go with it: each is told with the content that the first had.
      const lost = await targetsLost(readTar(layer()), cover);
      yield* visible(layer, cover, lost);
      cover.next();
    }
  }
  return writeTar(entries());
}

const cleaned = (name: string): string => name.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Files that are hidden while another name of theirs is seen: by name, the first of those that takes their place. */
async function targetsLost(members: AsyncIterable<TarEntry>, cover: Cover): Promise<Map<string, string>> {
  const lost = new Map<string, string>();
  for await (const { header } of members) {
    if (header.type !== "hardlink") continue;
    const [name, target] = [cleaned(header.name), cleaned(header.linkName)];
    if (cover.hides(target) && !cover.hides(name) && !lost.has(target)) lost.set(target, name);
  }
  return lost;
}

async function* visible(
  layer: Archive,
  cover: Cover,
  lost: ReadonlyMap<string, string>,
): AsyncGenerator<WritableEntry> {
  for await (const entry of readTar(layer())) {
    const { header } = entry;
    const path = cleaned(header.name);
    const base = baseOf(path);
    if (base === opaque || base.startsWith(whiteout)) {
      yield* deletion(path, base, cover);
      continue;
    }
    if (cover.hides(path)) continue;
    const isDirectory = header.type === "directory";
    cover.add(path, isDirectory);
    const heir = header.type === "hardlink" ? lost.get(cleaned(header.linkName)) : undefined;
    if (heir === path) yield await contentOf(layer, header.linkName, path);
    else yield writable(entry, heir === undefined ? {} : { linkName: heir });
  }
}

/** A deletion counts for what lies under all of the layers, unless something is there again. */
function* deletion(path: string, base: string, cover: Cover): Generator<WritableEntry> {
  const parent = parentOf(path);
  const isWhole = base === opaque;
  const target = isWhole
    ? parent
    : [parent, base.slice(whiteout.length)].filter((part) => part !== "").join("/");
  const marker = (name: string) => ({ header: tarHeader({ name, mode: 0 }) });
  if (cover.hides(isWhole ? path : target) && !cover.isTold(target)) return;
  if (isWhole) {
    cover.close(target);
    yield marker(path);
  } else if (cover.isTold(target)) {
    if (cover.isClosed(target)) return;
    // It is there again, made anew: what lies under it must not shine through.
    cover.close(target);
    yield marker(`${target}/${opaque}`);
  } else {
    cover.add(target, false);
    yield marker(path);
  }
}

/** The file that a name's link led to, under that name. */
async function contentOf(layer: Archive, linkName: string, name: string): Promise<WritableEntry> {
  const wanted = cleaned(linkName);
  const members = readTar(layer());
  for (let next = await members.next(); !next.done; next = await members.next()) {
    const entry = next.value;
    if (cleaned(entry.header.name) === wanted)
      return { ...writable(entry, { name }), body: closing(entry.body, members) };
  }
  throw new TypeError(`the layer has no ${linkName}`);
}

async function* closing(
  body: AsyncIterable<Uint8Array>,
  members: AsyncGenerator<TarEntry>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    await members.return(undefined);
  }
}
