import { closeSync, mkdirSync, openSync, readSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestOf, hexOf, isDigest } from "../../../oci/digest.ts";
import { ifThere } from "../../../os/if-there.ts";
import { canonicalJson, type FileOp } from "../../graph/index.ts";
import type { Result } from "../../solver/model.ts";
import { keepLatest } from "../latest.ts";
import type { OpRooms } from "../rooms.ts";
import type { EarlierRequest } from "./request.ts";

/** Of so many copies it is remembered what they made of which files. */
const mostRecords = 256;
/** A record's first line is a chain ID. */
const headBytes = 71;

/** A copy that may take files of an earlier one. */
export interface EarlierCopy extends Disposable {
  readonly request: EarlierRequest;
  /** To be told what writes the record: the next copy waits for it. */
  writing(ended: Promise<void>): void;
}

/**
 * What copies of local directories made of which files, one file each in `<data root>/build/copies`, by the directory and by
 * how it is copied. The layer below may be another one next time. A record names its layer by the chain ID, so that it is
 * true of whatever snapshot has that name, or of none.
 */
export class EarlierCopies {
  readonly #root: string;
  readonly #busy = new Map<string, Promise<void>>();

  constructor(private readonly rooms: OpRooms) {
    this.#root = join(rooms.images.dataRoot, "build", "copies");
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
    keepLatest(this.#root, mostRecords);
  }

  /** Undefined for a step that is no single copy of somebody's own directory. */
  async of(
    { actions, time }: FileOp,
    inputs: readonly Result[],
    fresh: boolean,
  ): Promise<EarlierCopy | undefined> {
    const [action, ...others] = actions;
    if (action?.action !== "copy" || others.length > 0) return undefined;
    const source = inputs[action.input];
    const real = source?.kind === "directory" ? realpathSync(source.path) : undefined;
    // What a client has sent is in another place each time.
    if (source?.kind !== "directory" || real?.startsWith(`${realpathSync(this.rooms.images.dataRoot)}/`))
      return undefined;
    const record = join(
      this.#root,
      hexOf(digestOf(canonicalJson([real, source.ignore, action, time ?? null]))),
    );
    await this.#busy.get(record);
    const base = inputs[0]?.kind === "layers" ? inputs[0].layers : [];
    return this.#open(record, base.at(-1)?.chainID ?? null, fresh ? undefined : layerOf(record));
  }

  #open(record: string, below: Digest | null, chainID: Digest | undefined): EarlierCopy {
    const { snapshots, leases } = this.rooms.images;
    const lease = leases.open();
    const isThere = chainID !== undefined && snapshots.has(chainID) && snapshots.stat(chainID).image !== true;
    if (isThere) lease.chains.add(chainID);
    return {
      request: {
        record,
        below,
        ...(isThere ? { layer: { chainID, directory: snapshots.directory(chainID) } } : {}),
      },
      writing: (ended) => {
        this.#busy.set(record, ended);
        void ended.finally(() => {
          if (this.#busy.get(record) === ended) this.#busy.delete(record);
        });
      },
      [Symbol.dispose]: () => leases.close(lease),
    };
  }
}

/** Undefined when nothing is known, or nothing that can be read. */
function layerOf(record: string): Digest | undefined {
  const fd = ifThere(() => openSync(record, "r"));
  if (fd === undefined) return undefined;
  try {
    const head = Buffer.alloc(headBytes);
    const text = head.toString("latin1", 0, readSync(fd, head, 0, headBytes, 0));
    return isDigest(text) ? text : undefined;
  } finally {
    closeSync(fd);
  }
}
