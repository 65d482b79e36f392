import { conflict, invalid, notFound } from "../../../errors/index.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import type { Reference } from "../../../oci/reference.ts";
import { maxDocument } from "../../image/documents.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import type {
  ImageOffer,
  OfferedBlob,
  OfferedManifest,
  OfferedUpload,
  OfferOptions,
  PutManifest,
  PutResult,
} from "../../image-offer.ts";
import { deleteManifest } from "./delete.ts";
import { canonicalName, domainAndPath } from "./names.ts";
import { PendingBlobs } from "./pending.ts";
import { putManifest } from "./put.ts";
import { Referrers } from "./referrers.ts";
import { Uploads } from "./uploads.ts";
import { type RepositoryView, repositoryNames, viewRepository } from "./view.ts";

/** The images of this host as a registry has them. */
export class LocalOffer implements ImageOffer {
  readonly writable: boolean;
  readonly #prefixes: readonly string[];
  readonly #pending: PendingBlobs;
  readonly #uploads: Uploads;
  readonly #referrers: Referrers;

  /** `invalid` for a prefix that no repository can have. */
  constructor(
    private readonly rooms: ImageRooms,
    { prefixes, writable }: OfferOptions,
  ) {
    this.writable = writable;
    this.#prefixes = prefixes.map(offeredPrefix);
    this.#pending = new PendingBlobs(rooms);
    this.#uploads = new Uploads(rooms, this.#pending);
    this.#referrers = new Referrers(rooms.content);
  }

  repositories(): string[] {
    return [...repositoryNames(this.rooms)].filter((name) => this.#isOffered(name)).sort();
  }

  standing(repository: string): "offered" | "withheld" | "malformed" {
    const name = canonicalName(repository);
    if (name === undefined) return "malformed";
    return this.#isOffered(name) ? "offered" : "withheld";
  }

  tags(repository: string): string[] | undefined {
    const view = this.#view(repository);
    return view === undefined ? undefined : [...view.tags.keys()].sort();
  }

  async manifest(repository: string, tagOrDigest: string): Promise<OfferedManifest | undefined> {
    const view = this.#view(repository);
    const descriptor = isDigest(tagOrDigest) ? view?.manifests.get(tagOrDigest) : view?.tags.get(tagOrDigest);
    if (descriptor === undefined || !(await this.rooms.content.has(descriptor.digest))) return undefined;
    return { descriptor, bytes: await this.rooms.content.readSmall(descriptor.digest, maxDocument) };
  }

  async blob(repository: string, digest: Digest): Promise<OfferedBlob | undefined> {
    const { content } = this.rooms;
    const inView = this.#view(repository)?.blobs.get(digest)?.size;
    const size = inView ?? this.#pending.size(nameOf(repository), digest);
    if (size === undefined || !(await content.has(digest))) return undefined;
    return { path: content.path(digest), size };
  }

  async referrers(repository: string, digest: Digest): Promise<Descriptor[]> {
    const manifests = this.#view(repository)?.manifests.values() ?? [];
    return await this.#referrers.of(digest, manifests);
  }

  async beginUpload(repository: string): Promise<OfferedUpload> {
    await this.#uploads.expire();
    await this.#pending.expire();
    return await this.#uploads.begin(nameOf(repository));
  }

  upload(repository: string, id: string): OfferedUpload | undefined {
    return this.#uploads.get(nameOf(repository), id);
  }

  async mountBlob(repository: string, digest: Digest, from: string | undefined): Promise<boolean> {
    const source = from ?? this.#holder(digest);
    if (source === undefined || this.standing(source) !== "offered") return false;
    const blob = await this.blob(source, digest);
    if (blob === undefined) return false;
    await this.#pending.bring(nameOf(repository), digest, async () => blob.size);
    return true;
  }

  async putManifest(
    repository: string,
    tagOrDigest: string,
    { mediaType, bytes }: PutManifest,
    signal: AbortSignal,
  ): Promise<PutResult> {
    const name = nameOf(repository);
    const placed = {
      place: placeOf(name),
      tag: isDigest(tagOrDigest) ? undefined : tagOrDigest,
      mediaType,
      bytes,
      view: () => this.#view(name),
      pending: (digest: Digest) => this.#pending.size(name, digest),
    };
    const { parts, ...result } = await putManifest(this.rooms, placed, signal);
    await this.#pending.drop(name, parts);
    return result;
  }

  async deleteManifest(repository: string, tagOrDigest: string): Promise<boolean> {
    return await deleteManifest(this.rooms, placeOf(repository), tagOrDigest);
  }

  async deleteBlob(repository: string, digest: Digest): Promise<boolean> {
    if (this.#view(repository)?.blobs.has(digest) === true)
      throw conflict(`a manifest of ${repository} needs the blob ${digest}: delete that`);
    return await this.#pending.drop(nameOf(repository), [digest]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#uploads.close();
    await this.#pending.close();
  }

  #isOffered(name: string): boolean {
    const isBelow = (prefix: string) => name === prefix || name.startsWith(`${prefix}/`);
    return this.#prefixes.length === 0 || this.#prefixes.some(isBelow);
  }

  #view(repository: string): RepositoryView | undefined {
    return viewRepository(this.rooms, repository);
  }

  /** A repository that has a blob. */
  #holder(digest: Digest): string | undefined {
    const has = (name: string) => this.#view(name)?.blobs.has(digest) === true;
    return this.#pending.holder(digest) ?? this.repositories().find(has);
  }
}

function nameOf(repository: string): string {
  const name = canonicalName(repository);
  if (name === undefined) throw notFound(`"${repository}" is no name of a repository`);
  return name;
}

function placeOf(repository: string): Pick<Reference, "domain" | "path"> {
  return domainAndPath(nameOf(repository)) as Pick<Reference, "domain" | "path">;
}

/** As a user may write it: `team`, `registry.example:5000`, `registry.example/team/`. */
function offeredPrefix(text: string): string {
  const name = text.replace(/\/$/, "").replace(/^([^/:]+):(\d+)(?=\/|$)/, "$1_$2");
  if (domainAndPath(`${name}/x`) === undefined)
    throw invalid(`invalid prefix "${text}": no repository can begin with it`);
  return canonicalName(name) ?? name;
}
