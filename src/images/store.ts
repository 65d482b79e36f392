import { conflict, invalid } from "../errors/index.ts";
import type { Metastore, Table } from "../metastore/index.ts";
import type { Digest } from "../oci/digest.ts";
import {
  formatReference,
  parseReference,
  type Reference,
  repositoryOf,
  withDefaultTag,
} from "../oci/reference.ts";
import { Image, type ImageRecord } from "./image.ts";

/**
 * The images of this host and their names. An image comes into view, whole and with its names, in one durable
 * step; a name that another image had moves to it.
 *
 *     store.add([{ record, references: [parseReference("busybox:latest")] }]);
 *     store.find("busybox")?.id;        // sha256:…, also by id, prefix of an id, repository@digest
 */
export class ImageStore {
  private readonly table: Table<ImageRecord>;
  private readonly images = new Map<Digest, Image>();
  /** Complete reference → image. */
  private readonly names = new Map<string, Digest>();

  constructor(private readonly metastore: Metastore) {
    this.table = metastore.table<ImageRecord>("images");
    for (const { value } of this.table.all()) {
      this.images.set(value.id, new Image(value));
      for (const name of this.table.names(value.id)) this.names.set(name, value.id);
    }
  }

  all(): Image[] {
    return [...this.images.values()];
  }

  get(id: Digest): Image | undefined {
    return this.images.get(id);
  }

  /** In order of their names; tags before digests of the same repository. */
  references(id: Digest): Reference[] {
    const found = [...this.names].filter(([, owner]) => owner === id).map(([name]) => name);
    return found.sort().map(parseReference);
  }

  /** Images made from this one. */
  children(id: Digest): Image[] {
    return this.all().filter(({ record }) => record.parent === id);
  }

  /** What a user means: an id or an unambiguous prefix of one, a name with or without its tag, a digest. */
  find(text: string): Image | undefined {
    const id = this.findId(text);
    return id === undefined ? undefined : this.images.get(id);
  }

  /** Adds images, or names to those that are here already, all in one commit. */
  add(additions: readonly { record: ImageRecord; references: readonly Reference[] }[]): void {
    const named = new Map<string, Digest>(this.names);
    const records = new Map<Digest, ImageRecord>();
    for (const { record, references } of additions) {
      const known = records.get(record.id) ?? this.images.get(record.id)?.record ?? record;
      const tagged = references.length > 0 ? { tagged: new Date().toISOString() } : {};
      records.set(record.id, { ...known, ...tagged });
      for (const reference of references) named.set(formatReference(reference), record.id);
    }
    this.commit(named, records);
  }

  /** Gives an image a name, which it takes from another image if need be. */
  tag(id: Digest, reference: Reference): void {
    const image = this.images.get(id);
    if (image === undefined) throw conflict(`the image ${id} was removed meanwhile`);
    this.add([{ record: image.record, references: [reference] }]);
  }

  /** Takes a name away; false when no image has it. */
  untag(reference: Reference): boolean {
    const named = new Map(this.names);
    if (!named.delete(formatReference(reference))) return false;
    this.commit(named, new Map());
    return true;
  }

  /** Takes an image and all its names away; its children lose their parent. */
  remove(id: Digest): void {
    const orphans = this.children(id).map(({ record: { parent: _, ...record } }) => record);
    this.metastore.transaction(() => {
      this.table.delete(id);
      for (const record of orphans) this.table.put(record.id, record);
    });
    this.images.delete(id);
    for (const [name, owner] of this.names) if (owner === id) this.names.delete(name);
    for (const record of orphans) this.images.set(record.id, new Image(record));
  }

  private commit(named: Map<string, Digest>, records: ReadonlyMap<Digest, ImageRecord>): void {
    const changed = new Set<Digest>(records.keys());
    for (const [name, owner] of this.names) if (named.get(name) !== owner) changed.add(owner);
    const namesOf = (id: Digest) => [...named].filter(([, owner]) => owner === id).map(([name]) => name);
    this.metastore.transaction(() => {
      const write = (id: Digest, names: string[]) => {
        const record = records.get(id) ?? this.images.get(id)?.record;
        if (record !== undefined) this.table.put(id, record, names);
      };
      // A name is unique: those that move are let go before they are taken.
      for (const id of changed) write(id, []);
      for (const id of changed) write(id, namesOf(id));
    });
    for (const [id, record] of records) this.images.set(id, new Image(record));
    this.names.clear();
    for (const [name, owner] of named) this.names.set(name, owner);
  }

  private findId(text: string): Digest | undefined {
    const byId = this.findById(text);
    if (byId !== undefined) return byId;
    const reference = parse(text);
    if (reference === undefined) return undefined;
    if (reference.digest === undefined) return this.names.get(formatReference(withDefaultTag(reference)));
    const { tag: _, ...canonical } = reference;
    const named = this.names.get(formatReference(canonical));
    if (named !== undefined) return named;
    return this.inRepository(canonical, reference.digest);
  }

  private findById(text: string): Digest | undefined {
    const digits = text.startsWith("sha256:") ? text.slice("sha256:".length) : text;
    if (!/^[0-9a-f]{1,64}$/.test(digits)) return undefined;
    // A name of hexadecimal digits, such as `cafe`, wins over the prefix of an id.
    const isWhole = digits.length === 64;
    if (
      !isWhole &&
      digits === text &&
      this.names.has(formatReference(withDefaultTag(parseReference(text))))
    ) {
      return undefined;
    }
    const found = [...this.images.keys()].filter((id) => id.startsWith(`sha256:${digits}`));
    if (found.length > 1)
      throw invalid(`the id prefix ${text} is ambiguous: it means ${found.length} images`);
    return found[0];
  }

  /** `repository@digest` also means an image of the repository whose manifest or config has the digest. */
  private inRepository(repository: Reference, digest: Digest): Digest | undefined {
    return this.all().find(
      ({ id, record }) =>
        (record.manifest.digest === digest || id === digest) &&
        this.references(id).some((name) => repositoryOf(name) === repositoryOf(repository)),
    )?.id;
  }
}

function parse(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch {
    // What is no reference names no image either; the caller says that there is none.
    return undefined;
  }
}
