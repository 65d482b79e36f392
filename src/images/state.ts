import type { Digest } from "../oci/digest.ts";
import type { Image } from "./image.ts";
import { Target } from "./target.ts";

/** Images, targets and names at one moment. A name belongs to a target by its digest or to an image by its id. */
export class State {
  #blobs: ReadonlySet<Digest> | undefined;

  constructor(
    readonly images: Map<Digest, Image> = new Map(),
    readonly targets: Map<Digest, Target> = new Map(),
    readonly names: Map<string, Digest> = new Map(),
  ) {}

  /** One that can be changed without changing this. */
  copy(): State {
    return new State(new Map(this.images), new Map(this.targets), new Map(this.names));
  }

  /** All that images and targets consist of. To be asked once nothing changes any more. */
  get blobs(): ReadonlySet<Digest> {
    const all = () => [...this.images.values(), ...this.targets.values()].flatMap((each) => each.blobs);
    this.#blobs ??= new Set(all().map(({ digest }) => digest));
    return this.#blobs;
  }

  /** What a name's owner stands for. */
  target(owner: Digest): Target | undefined {
    const image = this.images.get(owner);
    return this.targets.get(owner) ?? (image === undefined ? undefined : Target.of(image));
  }

  /** Whose name a target's are: an image's when it is the manifest of that image's record. */
  owner({ digest, images }: Target): Digest {
    const own = images.find((id) => this.images.get(id)?.record.manifest.digest === digest);
    return own ?? digest;
  }

  namesOf(owner: Digest): string[] {
    return [...this.names].filter(([, other]) => other === owner).map(([name]) => name);
  }

  /** Whose names lead to an image and to nothing else: its own, and those of its further manifests. */
  ownersOf(id: Digest): Digest[] {
    const further = [...this.targets.values()].filter((each) => !each.isIndex && each.images.includes(id));
    return [id, ...further.map(({ digest }) => digest)];
  }

  /** The indexes that an image is in. */
  indexesOf(id: Digest): Target[] {
    return [...this.targets.values()].filter((each) => each.isIndex && each.images.includes(id));
  }

  /** Takes an image out, and what cannot be without it. */
  removeImage(id: Digest): void {
    this.images.delete(id);
    for (const [digest, target] of this.targets) {
      if (target.images.includes(id)) this.targets.set(digest, target.withoutImage(id));
    }
    for (const [digest, { images }] of this.targets) if (images.length === 0) this.targets.delete(digest);
    for (const [name, owner] of this.names) {
      if (!this.images.has(owner) && !this.targets.has(owner)) this.names.delete(name);
    }
  }

  /** Takes out the targets that no name leads to any more: their images are images of their own then. */
  dropUnnamed(): void {
    const named = new Set(this.names.values());
    for (const digest of this.targets.keys()) if (!named.has(digest)) this.targets.delete(digest);
  }
}
