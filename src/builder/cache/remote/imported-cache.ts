import { Staging } from "../../../engine/image/staging.ts";
import { messageOf } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { BuildJob } from "../../job.ts";
import { internalStep, type Part } from "../../progress/index.ts";
import type { BuiltLayer, ResultCache } from "../../solver/index.ts";
import { type RemoteLayer, type RemoteRecords, stackOf } from "./document.ts";
import type { CacheSource } from "./medium.ts";

/**
 * A cache of somewhere else. Layers come when a step is found in it, each once; when one cannot be had, the step runs as if
 * it had not been found. To be disposed of when the build is over.
 */
export class ImportedCache implements ResultCache, AsyncDisposable {
  /** Bytes of those that are here or on their way, by chain ID. */
  readonly #layers = new Map<Digest, Promise<number>>();
  readonly #staging: Staging;

  constructor(
    private readonly job: BuildJob,
    private readonly source: CacheSource,
    private readonly records: RemoteRecords,
  ) {
    this.#staging = new Staging(job.rooms.open.imageRooms, job.signal);
  }

  async lookup(key: Digest, signal: AbortSignal): Promise<readonly BuiltLayer[] | undefined> {
    const top = this.records.get(key);
    if (top === undefined) return undefined;
    try {
      return await Promise.all(
        stackOf(top).map(async (layer) => {
          const { chainID, diffID, created } = layer;
          return { chainID, diffID, size: await this.#layer(layer), created };
        }),
      );
    } catch (error) {
      signal.throwIfAborted();
      const name = `cannot use the cache ${this.source.name}: ${messageOf(error)}`;
      // It is told; the step runs.
      await internalStep(this.job.progress, name, async () => {});
      return undefined;
    }
  }

  #layer(layer: RemoteLayer): Promise<number> {
    const known = this.#layers.get(layer.chainID);
    if (known !== undefined) return known;
    const below = layer.parent === undefined ? undefined : this.#layer(layer.parent);
    const brought = this.#bring(layer, below);
    this.#layers.set(layer.chainID, brought);
    brought.catch(() => undefined);
    return brought;
  }

  async #bring(layer: RemoteLayer, below: Promise<number> | undefined): Promise<number> {
    const { chainID, parent } = layer;
    const { snapshots, pending } = this.job.rooms.open.imageRooms;
    this.job.lease.chains.add(chainID);
    if (snapshots.has(chainID)) await below;
    else {
      const staged = await this.#staged(layer);
      await below;
      await this.#staging.sync();
      if (parent !== undefined) await pending.written([parent.chainID]);
      await this.#staging.commit(staged, chainID, parent?.chainID);
    }
    return (await snapshots.usage(chainID)).size;
  }

  async #staged({ blob, diffID }: RemoteLayer) {
    const { job, source } = this;
    const { content } = job.rooms.open.imageRooms;
    const name = `importing cache layer ${blob.digest}`;
    return await internalStep(job.progress, name, async (tell) => {
      job.lease.blobs.add(blob.digest);
      if (!(await content.has(blob.digest))) {
        const { digest, size } = blob;
        const bytes = counted(source.blob(blob, job.signal), { id: digest, total: size }, tell);
        await this.#staging.ingest(bytes, { digest, size });
      }
      return await this.#staging.layer({ digest: blob.digest, diffID }, () => undefined);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staging[Symbol.asyncDispose]();
  }
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  part: Part,
  tell: (part: Part) => void,
): AsyncGenerator<Uint8Array> {
  let current = 0;
  for await (const piece of source) {
    current += piece.length;
    tell({ ...part, current });
    yield piece;
  }
  tell({ ...part, current, done: true });
}
