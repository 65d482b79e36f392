import { conflict } from "../errors/index.ts";
import type { Metastore } from "../metastore/index.ts";
import type { Digest } from "../oci/digest.ts";
import { hostCpu } from "../oci/host-cpu.ts";
import type { Platform } from "../oci/platform.ts";
import { formatReference, parseReference, type Reference } from "../oci/reference.ts";
import { selectPlatform } from "../oci/select-platform.ts";
import { Image, type ImageRecord } from "./image.ts";
import { lookUp } from "./lookup.ts";
import { Persistence } from "./persist.ts";
import type { State } from "./state.ts";
import { Target, type TargetRecord } from "./target.ts";

/** An image that comes, or that gets further names. */
export interface Addition {
  readonly record: ImageRecord;
  readonly references: readonly Reference[];
  /** The index that the references name; one of its manifests makes the image. Absent: they name the manifest. */
  readonly index?: TargetRecord;
}

/**
 * The images of this host and their names. An image comes into view, whole and with its names, in one durable
 * step; a name that stood for something else moves. A name stands for a target: the manifest of an image, or an index,
 * of whose images for several platforms any number is here.
 *
 *     store.add([{ record, references: [parseReference("busybox:latest")] }]);
 *     store.find("busybox")?.id;          // sha256:…, also by id, prefix of an id, repository@digest
 *     store.find("app", { os: "linux", architecture: "arm64" });
 *     store.target("app")?.descriptor;    // of the index
 */
export class ImageStore {
  readonly #persistence: Persistence;
  #state: State;
  #released: Digest[] = [];

  constructor(metastore: Metastore) {
    this.#persistence = new Persistence(metastore);
    this.#state = this.#persistence.read();
  }

  all(): Image[] {
    return [...this.#state.images.values()];
  }

  get(id: Digest): Image | undefined {
    return this.#state.images.get(id);
  }

  /** What there is to list: the indexes, and each image that has names of its own or is in no index. */
  targets(): Target[] {
    const state = this.#state;
    const indexes = [...state.targets.values()].filter(({ isIndex }) => isIndex);
    const inIndex = new Set(indexes.flatMap(({ images }) => images));
    const owners = new Set(state.names.values());
    const isNamed = (id: Digest) => state.ownersOf(id).some((owner) => owners.has(owner));
    const single = this.all().filter(({ id }) => !inIndex.has(id) || isNamed(id));
    return [...indexes, ...single.map(Target.of)];
  }

  /** All that is kept, listed or not: every index, and every manifest that an image came by. */
  kept(): Target[] {
    return [...this.#state.targets.values(), ...this.all().map(Target.of)];
  }

  /** What a user means: an id or an unambiguous prefix of one, a name with or without its tag, a digest. */
  target(text: string): Target | undefined {
    return lookUp(this.#state, text);
  }

  /** Every name, and what it stands for. */
  *named(): Generator<[Reference, Target]> {
    for (const [name, owner] of this.#state.names) {
      const target = this.#state.target(owner);
      if (target !== undefined) yield [parseReference(name), target];
    }
  }

  /** The image that a user means, of several platforms the one that `pick` takes. */
  find(text: string, platform?: Platform): Image | undefined {
    const target = this.target(text);
    return target === undefined ? undefined : this.pick(target, platform);
  }

  /** A target's image for a platform; by default the host's, or else the only one that is here. */
  pick(target: Target, platform?: Platform): Image | undefined {
    const images = this.imagesOf(target);
    const offered = images.map((image) => ({ image, platform: image.config }));
    const fitting = selectPlatform(offered, platform ?? hostCpu())?.image;
    return fitting ?? (platform === undefined && images.length === 1 ? images[0] : undefined);
  }

  /** In the order of the index. */
  imagesOf(target: Target): Image[] {
    return target.images.flatMap((id) => this.get(id) ?? []);
  }

  /** The names of an index, or of an image by whichever manifest; tags before digests of the same repository. */
  names(target: Target): Reference[] {
    const [image] = target.images;
    return this.#namesOf(
      target.isIndex || image === undefined ? [target.digest] : this.#state.ownersOf(image),
    );
  }

  /** The names that lead to an image, also those of the indexes that it is in. */
  references(id: Digest): Reference[] {
    const through = this.indexesOf(id).map(({ digest }) => digest);
    return this.#namesOf([...this.#state.ownersOf(id), ...through]);
  }

  /** The indexes that an image is in. */
  indexesOf(id: Digest): Target[] {
    return this.#state.indexesOf(id);
  }

  /** Images made from this one. */
  children(id: Digest): Image[] {
    return this.all().filter(({ record }) => record.parent === id);
  }

  /** Adds images, or names to those that are here already, all in one commit. */
  add(additions: readonly Addition[]): void {
    const next = this.#state.copy();
    for (const { record, references, index } of additions) {
      const known = next.images.get(record.id)?.record ?? record;
      const tagged = references.length > 0 ? { tagged: new Date().toISOString() } : {};
      next.images.set(record.id, new Image({ ...known, ...tagged }));
      const manifest = Target.of(new Image(record));
      const named = index === undefined ? manifest : new Target(index);
      const whole = named.withImage(record.manifest.digest, record.id, manifest.blobs);
      name(next, whole.with(next.targets.get(whole.digest)), references);
    }
    this.#commit(next);
  }

  /** Gives a target a name, which it takes from another if need be. */
  tag(target: Target, reference: Reference): void {
    const next = this.#state.copy();
    for (const id of target.images) {
      const image = next.images.get(id);
      if (image === undefined) throw conflict(`the image ${id} was removed meanwhile`);
      next.images.set(id, new Image({ ...image.record, tagged: new Date().toISOString() }));
    }
    name(next, target, [reference]);
    this.#commit(next);
  }

  /** Takes a name away; false when there is no such name. */
  untag(reference: Reference): boolean {
    const next = this.#state.copy();
    if (!next.names.delete(formatReference(reference))) return false;
    this.#commit(next);
    return true;
  }

  /** Takes an image away with the names that lead to it alone; its children lose their parent. */
  remove(id: Digest): void {
    const next = this.#state.copy();
    next.removeImage(id);
    for (const { id: child, record } of this.children(id)) {
      const { parent: _, ...orphan } = record;
      if (next.images.has(child)) next.images.set(child, new Image(orphan));
    }
    this.#commit(next);
  }

  /** Every blob that images and indexes need at the moment. */
  blobs(): ReadonlySet<Digest> {
    return this.#state.blobs;
  }

  /** Blobs that a target had which is gone or lost one of its images since this was last asked. */
  takeReleased(): Digest[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  #namesOf(owners: readonly Digest[]): Reference[] {
    return owners
      .flatMap((owner) => this.#state.namesOf(owner))
      .sort()
      .map(parseReference);
  }

  #commit(next: State): void {
    next.dropUnnamed();
    const before = this.#state;
    this.#persistence.write(before, next);
    this.#state = next;
    const left = [...before.targets.values()].filter((target) => next.targets.get(target.digest) !== target);
    this.#released.push(...left.flatMap(({ blobs }) => blobs.map(({ digest }) => digest)));
  }
}

function name(state: State, target: Target, references: readonly Reference[]): void {
  const owner = state.owner(target);
  if (!state.images.has(owner)) state.targets.set(owner, target);
  for (const reference of references) state.names.set(formatReference(reference), owner);
}
