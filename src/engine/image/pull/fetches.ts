import type { Resumable } from "../../../content/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Flush } from "../flushes.ts";
import type { ImageRooms } from "../rooms.ts";
import type { Slots } from "../slots.ts";
import type { PackedLayer, StagedLayer } from "../staged-layer.ts";
import { Staging } from "../staging.ts";

/** A layer to be brought here. */
export interface RemoteLayer extends PackedLayer {
  readonly size: number;
  readonly open: (offset: number, signal: AbortSignal) => ReturnType<Resumable>;
}

/** How far a layer is; `read` of `size` bytes. */
export type LayerProgress =
  | { readonly phase: "waiting" | "downloaded" }
  | { readonly phase: "downloading" | "extracting"; readonly read: number; readonly size: number };

export type LayerListener = (progress: LayerProgress) => void;

/** A part in the fetch of a layer, to be left in the end. */
export interface Joined {
  /** The layer, in the content store (not published) and unpacked. */
  readonly staged: Promise<StagedLayer>;
  /** Of what the layer is in, for `Flushes.complete`. */
  readonly flush: Flush;
  /** As `Staging.commit`. */
  commit(chainID: Digest, parent: Digest | undefined): Promise<void>;
  leave(): Promise<void>;
}

/**
 * Layers on their way to this host. One that several pulls want at once is fetched and unpacked once; it is given up
 * when nobody wants it any more.
 */
export class Fetches {
  readonly #running = new Map<Digest, Fetch>();

  /** `downloads`: so many layers come at once. */
  constructor(private readonly downloads: Slots) {}

  join(rooms: ImageRooms, layer: RemoteLayer, listener: LayerListener): Joined {
    let fetch = this.#running.get(layer.digest);
    if (fetch === undefined || fetch.layer.diffID !== layer.diffID) {
      fetch = new Fetch(rooms, this.downloads, layer, fetch?.ended);
      this.#running.set(layer.digest, fetch);
    }
    const own = fetch;
    own.listeners.add(listener);
    return {
      staged: own.staged,
      flush: own.flush,
      commit: (chainID, parent) => own.commit(chainID, parent),
      leave: async () => {
        own.listeners.delete(listener);
        if (own.listeners.size > 0) return;
        if (this.#running.get(layer.digest) === own) this.#running.delete(layer.digest);
        await own.end();
      },
    };
  }
}

class Fetch {
  readonly listeners = new Set<LayerListener>();
  readonly staged: Promise<StagedLayer>;
  /** Resolves when nothing of the fetch goes on. */
  readonly ended: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  readonly #abort = new AbortController();
  readonly #staging: Staging;
  readonly #commits = new Map<Digest, Promise<void>>();

  /** `former` is another fetch of the same blob, which must have ended before the blob can be fetched again. */
  constructor(
    private readonly rooms: ImageRooms,
    downloads: Slots,
    readonly layer: RemoteLayer,
    former: Promise<void> | undefined,
  ) {
    this.ended = this.#end.promise;
    this.#staging = new Staging(rooms, this.#abort.signal);
    this.staged = this.#work(downloads, former);
    // Whoever joined learns of the failure, when it gets there.
    this.staged.catch(() => undefined);
  }

  get flush(): Flush {
    return this.#staging.flush;
  }

  /** Once for each stack that the layer is in, however many pulls ask for it. */
  async commit(chainID: Digest, parent: Digest | undefined): Promise<void> {
    const commit = this.#commits.get(chainID) ?? this.#commit(chainID, parent, this.#commits.size > 0);
    this.#commits.set(chainID, commit);
    await commit;
  }

  async #commit(chainID: Digest, parent: Digest | undefined, isPlaced: boolean): Promise<void> {
    if (this.rooms.snapshots.has(chainID)) return;
    // In another stack the layer is another snapshot.
    const layer = await (isPlaced ? this.#staging.layer(this.layer, () => {}) : this.staged);
    if (isPlaced) await this.#staging.sync();
    await this.#staging.commit(layer, chainID, parent);
  }

  async end(): Promise<void> {
    this.#abort.abort();
    await this.staged.catch(() => undefined);
    await this.#staging[Symbol.asyncDispose]();
    this.#end.resolve();
  }

  async #work(downloads: Slots, former: Promise<void> | undefined): Promise<StagedLayer> {
    await former;
    const { digest, diffID, size } = this.layer;
    if (!(await this.rooms.content.has(digest))) {
      this.#tell({ phase: "waiting" });
      await downloads.run(() => this.#download(this.layer));
      this.#tell({ phase: "downloaded" });
    }
    return await this.#staging.layer({ digest, diffID }, ({ read }) =>
      this.#tell({ phase: "extracting", read, size }),
    );
  }

  async #download({ digest, size, open }: RemoteLayer): Promise<void> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    const tell = (read: number) => this.#tell({ phase: "downloading", read, size });
    await this.#staging.fetch({ digest, size }, (offset) => counted(open(offset, signal), offset, tell));
  }

  #tell(progress: LayerProgress): void {
    for (const listener of this.listeners) listener(progress);
  }
}

/** Told about that often, a progress bar moves smoothly and costs nothing. */
const toldBytes = 1 << 19;

async function* counted(
  source: AsyncIterable<Uint8Array>,
  offset: number,
  tell: (read: number) => void,
): AsyncGenerator<Uint8Array> {
  let read = offset;
  let told = offset;
  for await (const chunk of source) {
    // Afterwards it is its taker's.
    const { length } = chunk;
    yield chunk;
    read += length;
    if (read - told < toldBytes) continue;
    told = read;
    tell(read);
  }
}
