import { SlipwayError } from "../errors/index.ts";
import type { Digest } from "../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../oci/image.ts";
import type { Reference } from "../oci/reference.ts";
import { type BlobSource, readBlob } from "./blob.ts";
import { failureOf } from "./failure.ts";
import { listTags } from "./listing.ts";
import { fetchManifest, resolveManifest } from "./manifests.ts";
import { mountBlob } from "./mount.ts";
import { withMirrors } from "./pull-failure.ts";
import { putManifest } from "./put-manifest.ts";
import { referrerOf, referrersByApi, referrersIn, referrersTag, withReferrer } from "./referrers.ts";
import type { Document, Repository, UploadOptions } from "./repository.ts";
import { Upload } from "./upload.ts";

/** A repository behind sessions: those of mirrors, which are only read from, and that of the registry itself. */
export class RemoteRepository implements Repository {
  /** Uploads that the registry began when it was asked to mount a blob. */
  readonly #begun = new Map<Digest, URL>();

  constructor(
    private readonly reference: Reference,
    private readonly mirrors: readonly BlobSource[],
    private readonly origin: BlobSource,
  ) {}

  resolve(tagOrDigest: string, signal: AbortSignal): Promise<Descriptor> {
    return this.#read(signal, (source) => resolveManifest(source, this.reference, tagOrDigest, signal));
  }

  manifest(tagOrDigest: string, signal: AbortSignal): Promise<Document> {
    return this.#read(signal, (source) => fetchManifest(source, this.reference, tagOrDigest, signal));
  }

  blob(
    descriptor: Descriptor,
    { offset = 0, signal }: { offset?: number; signal: AbortSignal },
  ): AsyncIterable<Uint8Array> {
    return readBlob([...this.mirrors, this.origin], descriptor, offset, signal);
  }

  async hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean> {
    const { session, name } = this.origin;
    const path = `${name}/blobs/${digest}`;
    const request = { path, scopes: [`repository:${name}:pull`], signal };
    const reply = await session.request({ ...request, method: "HEAD" });
    await reply.discard();
    if (reply.status === 200 || reply.status === 404) return reply.status === 200;
    // An answer to HEAD cannot say why; one byte is asked for so that no registry sends the whole.
    throw await failureOf(
      await session.request({ ...request, method: "GET", headers: { Range: "bytes=0-0" } }),
    );
  }

  async mountBlob(digest: Digest, from: string, signal: AbortSignal): Promise<boolean> {
    const { prefix } = this.origin.session.endpoint;
    const outcome = await mountBlob(this.origin, digest, `${prefix}${from}`, signal);
    if (!outcome.mounted && outcome.begun !== undefined) this.#begun.set(digest, outcome.begun);
    return outcome.mounted;
  }

  async uploadBlob(
    descriptor: Descriptor,
    open: (offset: number) => AsyncIterable<Uint8Array>,
    options: UploadOptions,
  ): Promise<void> {
    const begun = this.#begun.get(descriptor.digest);
    this.#begun.delete(descriptor.digest);
    await new Upload(this.origin.session, this.origin.name, descriptor, open, options).run(begun);
  }

  async putManifest(
    tagOrDigest: string,
    mediaType: string,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Digest> {
    const { session, name } = this.origin;
    const { digest, knowsSubject } = await putManifest(
      session,
      { name, tagOrDigest, mediaType, bytes },
      signal,
    );
    if (!knowsSubject) await this.#refer(mediaType, bytes, signal);
    return digest;
  }

  tags(signal: AbortSignal): AsyncIterable<string> {
    return listTags(this.origin.session, this.origin.name, signal);
  }

  async referrers(digest: Digest, signal: AbortSignal, artifactType?: string): Promise<Descriptor[]> {
    const { session, name } = this.origin;
    const byApi = await referrersByApi(session, name, digest, artifactType, signal);
    if (byApi !== undefined) return byApi;
    const index = await this.#referrersIndex(digest, signal);
    return index === undefined ? [] : referrersIn(index, artifactType);
  }

  /** A registry without the referrers API finds a manifest with a subject by the subject's tag, which is up to us. */
  async #refer(mediaType: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const found = referrerOf(mediaType, bytes);
    if (found === undefined) return;
    const { session, name } = this.origin;
    const index = withReferrer(await this.#referrersIndex(found.subject, signal), found.referrer);
    const tagOrDigest = referrersTag(found.subject);
    await putManifest(session, { name, tagOrDigest, mediaType: mediaTypes.index, bytes: index }, signal);
  }

  async #referrersIndex(digest: Digest, signal: AbortSignal): Promise<Document | undefined> {
    try {
      return await fetchManifest(this.origin, this.reference, referrersTag(digest), signal);
    } catch (error) {
      if (error instanceof SlipwayError && error.kind === "notFound") return undefined;
      throw error;
    }
  }

  /** From the first source that answers. */
  async #read<T>(signal: AbortSignal, read: (source: BlobSource) => Promise<T>): Promise<T> {
    const failures: { host: string; error: unknown }[] = [];
    for (const mirror of this.mirrors) {
      try {
        return await read(mirror);
      } catch (error) {
        if (signal.aborted) throw error;
        failures.push({ host: mirror.session.endpoint.host, error });
      }
    }
    try {
      return await read(this.origin);
    } catch (error) {
      throw withMirrors(error, failures);
    }
  }
}
