import { readTar, type TarEntry, tarHeader, type WritableEntry, writeTar } from "../../archive/index.ts";
import type { BuildJob } from "../job.ts";
import type { BuiltLayer } from "../solver/index.ts";
import { ownLayers } from "./config.ts";
import type { Built } from "./image.ts";
import { layerArchive } from "./layers.ts";
import { putLayers } from "./relayer.ts";

const whiteout = ".wh.";
const opaque = ".wh..wh..opq";

/** `--squash`: all layers of the build become one on those of the base image; the history says so, as Docker's does. */
export async function squashed(job: BuildJob, built: Built): Promise<Built> {
  const { target, layers } = built;
  const own = ownLayers(target.history);
  if (own < 2) return built;
  const base = layers.length - own;
  const created = layers.at(-1)?.created ?? built.config.built;
  const archive = merged(job, layers.slice(base));
  const one = await putLayers(job, layers.slice(0, base), [{ archive, created }]);
  const history = [
    ...target.history.map((entry) => (entry.created === undefined ? { ...entry, empty_layer: true } : entry)),
    { comment: `merge of ${own} layers` },
  ];
  return { ...built, target: { ...target, history }, layers: one };
}

/** One archive of several layers: the topmost first, and of those below what it leaves to be seen. */
function merged(job: BuildJob, layers: readonly BuiltLayer[]): AsyncIterable<Uint8Array> {
  async function* entries(): AsyncGenerator<WritableEntry> {
    const cover = new Cover();
    for (const layer of layers.toReversed()) {
      // A file's other names go with it: each is told with the content that the first had.
      const archive = () => readTar(layerArchive(job, layer));
      const lost = await targetsLost(archive(), cover);
      yield* visible(archive(), cover, lost, layer, job);
      cover.next();
    }
  }
  return writeTar(entries());
}

/** What is covered by the layers above the one at hand. */
class Cover {
  readonly #files = new Set<string>();
  /** Nothing below these is seen of the layers under it. */
  readonly #closed = new Set<string>();
  #pendingFiles = new Set<string>();
  #pendingClosed = new Set<string>();

  /** Whether the layers above leave a path of this layer to be seen; a directory that they have, too, is told already. */
  hides(path: string): boolean {
    if (this.#files.has(path)) return true;
    for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
      if (this.#closed.has(path.slice(0, at))) return true;
      if (at === 0) break;
    }
    return this.#closed.has("");
  }

  add(path: string, isDirectory: boolean): void {
    this.#pendingFiles.add(path);
    if (!isDirectory) this.#pendingClosed.add(path);
  }

  close(path: string): void {
    this.#pendingClosed.add(path);
  }

  isTold(path: string): boolean {
    return this.#files.has(path);
  }

  /** It is there again as something that has nothing below it. */
  isClosed(path: string): boolean {
    return this.#closed.has(path);
  }

  next(): void {
    for (const path of this.#pendingFiles) this.#files.add(path);
    for (const path of this.#pendingClosed) this.#closed.add(path);
    [this.#pendingFiles, this.#pendingClosed] = [new Set(), new Set()];
  }
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
  members: AsyncIterable<TarEntry>,
  cover: Cover,
  lost: ReadonlyMap<string, string>,
  layer: BuiltLayer,
  job: BuildJob,
): AsyncGenerator<WritableEntry> {
  for await (const entry of members) {
    const { sparse: _, ...header } = entry.header;
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
    if (heir === path) yield await contentOf(job, layer, header.linkName, path);
    else if (heir !== undefined) yield { header: { ...header, linkName: heir } };
    else if (header.type === "file") yield { header, body: entry.body };
    else yield { header };
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
async function contentOf(
  job: BuildJob,
  layer: BuiltLayer,
  linkName: string,
  name: string,
): Promise<WritableEntry> {
  const wanted = cleaned(linkName);
  const members = readTar(layerArchive(job, layer));
  for (let next = await members.next(); !next.done; next = await members.next()) {
    const { header, body } = next.value;
    if (cleaned(header.name) !== wanted) continue;
    const { sparse: _, ...rest } = header;
    return { header: { ...rest, name }, body: closing(body, members) };
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
