import { closeSync, openSync } from "node:fs";
import { enterOpenRoot } from "../../../../../layers/child/chroot.ts";
import { measure, measureFrom } from "../../../../../layers/child/diff.ts";
import { type HashedPrefix, PrefixDigest } from "../../../../../layers/child/prefix.ts";
import type { MeasuredLayer } from "../../../../../layers/diff.ts";
import { chainIDOn } from "../../../../../oci/digest.ts";
import { ResumableSha256 } from "../../../../../os/sha256.ts";
import type { EarlierRequest } from "../../../file/request.ts";
import { EarlierFiles } from "./files.ts";
import { type CopyRecord, readRecord, writeRecord } from "./record.ts";

/** Less is hashed sooner than a library is loaded. */
const largeBytes = 16 << 20;

/** A copy that takes what did not change from the layer that an earlier one has made, and notes what the next one needs. */
export class EarlierCopy implements Disposable {
  readonly files: EarlierFiles;
  readonly #record: CopyRecord | undefined;
  readonly #host: number;

  /** To be made before the process changes its root. */
  constructor(private readonly request: EarlierRequest) {
    const { record, layer } = request;
    this.#host = openSync("/", "r");
    this.#record = layer === undefined ? undefined : readRecord(record, layer.chainID);
    const directory = layer === undefined ? undefined : openSync(layer.directory, "r");
    this.files = new EarlierFiles(this.#record, directory);
  }

  [Symbol.dispose](): void {
    this.files[Symbol.dispose]();
    closeSync(this.#host);
  }

  /** When all is in place: has `told` told what the layer is in the open upper directory, then writes the record. */
  finish(upper: number, told: (layer: MeasuredLayer) => void): void {
    const linked = this.files.link(upper);
    enterOpenRoot(this.#host);
    const sha256 = this.files.size < largeBytes ? undefined : ResumableSha256.open();
    enterOpenRoot(upper);
    const [measured, prefixes] = this.#measure(linked, sha256);
    told(measured);
    enterOpenRoot(this.#host);
    const { record, below } = this.request;
    writeRecord(record, {
      chainID: chainIDOn(below ?? undefined, measured.diffID),
      origins: this.files.origins,
      prefixes,
    });
  }

  #measure(
    linked: ReadonlySet<string>,
    sha256: ResumableSha256 | undefined,
  ): [MeasuredLayer, readonly HashedPrefix[]] {
    if (sha256 === undefined) return [measure(), []];
    const digest = new PrefixDigest(sha256, this.#record?.prefixes ?? [], (path) => linked.has(path));
    return [measureFrom(digest, sha256), digest.prefixes];
  }
}
