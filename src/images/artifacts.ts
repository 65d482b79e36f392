import type { Metastore, Table } from "../metastore/index.ts";
import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/image.ts";

/** What is durable of a manifest that no container can be made from: a signature, a chart, an image of another system. */
export interface Artifact {
  /** Domain and path, as in references. */
  readonly repository: string;
  readonly tags: readonly string[];
  readonly descriptor: Descriptor;
  /** All that it consists of, itself first. */
  readonly blobs: readonly Descriptor[];
}

/** The artifacts that were brought to this host's registry. */
export class ArtifactStore {
  readonly #table: Table<Artifact>;
  readonly #artifacts: Map<string, Artifact>;
  #blobs: ReadonlySet<Digest> | undefined;

  constructor(private readonly metastore: Metastore) {
    this.#table = metastore.table<Artifact>("artifacts");
    this.#artifacts = new Map(this.#table.all().map(({ key, value }) => [key, value]));
  }

  all(): Artifact[] {
    return [...this.#artifacts.values()];
  }

  get(repository: string, digest: Digest): Artifact | undefined {
    return this.#artifacts.get(key(repository, digest));
  }

  /** Adds one, which takes its tags from others of the repository; durable when it returns. */
  put(artifact: Artifact): void {
    const { repository, descriptor, tags } = artifact;
    const own = [...(this.get(repository, descriptor.digest)?.tags ?? []), ...tags];
    const former = this.all().filter(
      (other) => other.repository === repository && other.descriptor.digest !== descriptor.digest,
    );
    this.#write([
      { ...artifact, tags: [...new Set(own)] },
      ...former
        .filter((other) => other.tags.some((tag) => tags.includes(tag)))
        .map((other) => without(other, tags)),
    ]);
  }

  /** Takes a tag away; false when there is no such tag. */
  untag(repository: string, tag: string): boolean {
    const found = this.all().filter((one) => one.repository === repository && one.tags.includes(tag));
    this.#write(found.map((one) => without(one, [tag])));
    return found.length > 0;
  }

  /** What was removed. */
  remove(repository: string, digest: Digest): Artifact | undefined {
    const found = this.get(repository, digest);
    this.#table.delete(key(repository, digest));
    this.#artifacts.delete(key(repository, digest));
    this.#blobs = undefined;
    return found;
  }

  needs(blob: Digest): boolean {
    this.#blobs ??= new Set(this.all().flatMap(({ blobs }) => blobs.map(({ digest }) => digest)));
    return this.#blobs.has(blob);
  }

  #write(artifacts: readonly Artifact[]): void {
    this.metastore.transaction(() => {
      for (const one of artifacts) this.#table.put(key(one.repository, one.descriptor.digest), one);
    });
    for (const one of artifacts) this.#artifacts.set(key(one.repository, one.descriptor.digest), one);
    this.#blobs = undefined;
  }
}

function key(repository: string, digest: Digest): string {
  return `${repository}@${digest}`;
}

function without(artifact: Artifact, tags: readonly string[]): Artifact {
  return { ...artifact, tags: artifact.tags.filter((tag) => !tags.includes(tag)) };
}
