import { invalid } from "../errors/index.ts";
import { blockSize, paddingAfter, type TarHeader } from "./header.ts";
import { decodeName } from "./name.ts";
import { type PaxRecords, parsePax } from "./pax.ts";
import { finishHeader, parseBlock, type RawHeader, Sparse } from "./raw-header.ts";
import { checkMap, parseDataMap, readOldMap } from "./sparse.ts";
import { isZero } from "./ustar.ts";

/** Receives an archive's members in order: `entry`, then `data` for files that have some, then `end`. */
export interface TarSink {
  /** `position` is where in the archive the member's data begins: a multiple of 512, without a sparse file's map. */
  entry(header: TarHeader, position: number): void;
  /** `offset` is the place in the unpacked file. The bytes are the decoder's input: valid during the call. */
  data(chunk: Uint8Array, offset: number): void;
  end(): void;
}

/** More metadata than this before one member is refused; Go's archive/tar refuses above 1 MiB as well. */
const maxMetadata = 1 << 20;
const maxSparseMap = 32 << 20;

/** What the next bytes are. */
type Expecting = "header" | "metadata" | "sparse header" | "sparse map" | "data" | "padding" | "nothing";

/**
 * Takes a tar archive apart as its bytes arrive. Knows ustar, PAX (local and global), GNU long names, old GNU
 * sparse files and GNU sparse 0.0, 0.1 and 1.0. What is wrong with the archive is an `invalid` error.
 *
 * It is our own because libraries decode PAX values as UTF-8, which damages binary attributes such as
 * security.capability, know no sparse files and take several times as long for many small files.
 */
export class TarDecoder {
  #expecting: Expecting = "header";
  /** Bytes left of what is expected, where it has a length. */
  #left = 0;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #raw: RawHeader | undefined;
  #global: PaxRecords = new Map();
  #local: PaxRecords = new Map();
  #longName: string | undefined;
  #longLink: string | undefined;
  #sparse = new Sparse();
  #padding = 0;
  #zeroBlocks = 0;
  /** Bytes of the archive before the chunk at hand, and before what follows the block at hand. */
  #passed = 0;
  #position = 0;

  constructor(private readonly sink: TarSink) {}

  /** Consumes the next bytes, calling the sink as often as they make possible. */
  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#expecting !== "nothing"; ) at = this.#step(chunk, at);
    this.#passed += chunk.length;
  }

  /** To be called after the last byte: an archive that ends amid a member is truncated. */
  finish(): void {
    if (this.#expecting === "nothing") return;
    const betweenMembers = this.#expecting === "header" && this.#heldBytes === 0 && this.#local.size === 0;
    if (!betweenMembers && !(this.#expecting === "padding")) throw invalid("the archive is truncated");
  }

  #step(chunk: Uint8Array, at: number): number {
    const available = chunk.length - at;
    if (this.#expecting === "data") {
      const count = Math.min(available, this.#left);
      this.#deliver(chunk.subarray(at, at + count));
      this.#left -= count;
      if (this.#left === 0) this.#endMember();
      return at + count;
    }
    if (this.#expecting === "padding") {
      const count = Math.min(available, this.#left);
      this.#left -= count;
      if (this.#left === 0) this.#expecting = "header";
      return at + count;
    }
    const wanted = (this.#expecting === "metadata" ? this.#left : blockSize) - this.#heldBytes;
    const count = Math.min(available, wanted);
    this.#position = this.#passed + at + count;
    if (count === wanted && this.#heldBytes === 0) {
      this.#complete(chunk.subarray(at, at + count));
      return at + count;
    }
    this.#held.push(new Uint8Array(chunk.subarray(at, at + count)));
    this.#heldBytes += count;
    if (count === wanted) {
      const whole = Buffer.concat(this.#held);
      this.#held = [];
      this.#heldBytes = 0;
      this.#complete(whole);
    }
    return at + count;
  }

  #complete(bytes: Uint8Array): void {
    if (this.#expecting === "metadata") this.#takeMetadata(bytes);
    else if (this.#expecting === "sparse header") this.#takeSparseHeader(bytes);
    else if (this.#expecting === "sparse map") this.#takeSparseMap(bytes);
    else this.#takeHeader(bytes);
  }

  #takeHeader(block: Uint8Array): void {
    if (block[0] === 0 && isZero(block)) {
      // Two blocks of zeros end an archive; what follows is no part of it.
      if (++this.#zeroBlocks === 2) this.#expecting = "nothing";
      return;
    }
    this.#zeroBlocks = 0;
    const raw = parseBlock(block);
    this.#raw = raw;
    if ("LKxgX".includes(raw.flag)) {
      if (raw.size > maxMetadata) throw invalid("the archive has a header of more than 1 MiB");
      this.#expecting = "metadata";
      this.#left = raw.size + paddingAfter(raw.size);
      if (this.#left === 0) this.#expecting = "header";
    } else if (raw.flag === "S") {
      this.#sparse = Sparse.old(raw, block);
      if (this.#sparse.continues) this.#expecting = "sparse header";
      else this.#beginMember();
    } else this.#beginMember();
  }

  #takeMetadata(padded: Uint8Array): void {
    const { flag, size } = this.#raw as RawHeader;
    const data = padded.subarray(0, size);
    this.#expecting = "header";
    if (flag === "g") parsePax(data, this.#global);
    else if (flag === "x" || flag === "X") parsePax(data, this.#local);
    else {
      const end = data.indexOf(0);
      const name = decodeName(end < 0 ? data : data.subarray(0, end));
      if (flag === "L") this.#longName = name;
      else this.#longLink = name;
    }
  }

  #takeSparseHeader(block: Uint8Array): void {
    readOldMap(block, 0, 21, this.#sparse.regions);
    this.#sparse.continues = block[504] !== 0;
    if (!this.#sparse.continues) this.#beginMember();
  }

  #takeSparseMap(block: Uint8Array): void {
    this.#sparse.mapBytes.push(Uint8Array.from(block));
    if (this.#sparse.mapBytes.length * blockSize > maxSparseMap)
      throw invalid("a sparse file's map is too long");
    const map = this.#sparse.takeMapBlock(block, parseDataMap);
    if (map === undefined) return;
    this.#sparse.regions = map.regions;
    this.#open(this.#sparse.header as TarHeader, (this.#raw as RawHeader).size - map.bytes);
  }

  #beginMember(): void {
    const raw = this.#raw as RawHeader;
    const records = this.#global.size === 0 ? this.#local : new Map([...this.#global, ...this.#local]);
    const { longName, longLink } = { longName: this.#longName, longLink: this.#longLink };
    if (this.#local.size > 0) this.#local = new Map();
    this.#longName = undefined;
    this.#longLink = undefined;
    const { header, stored } = finishHeader(raw, records, longName, longLink, this.#sparse);
    raw.size = stored;
    this.#padding = paddingAfter(stored);
    if (header === undefined) this.#skip(stored);
    else if (this.#sparse.mapInData) {
      this.#sparse.header = header;
      this.#expecting = "sparse map";
    } else this.#open(header, stored);
  }

  #open(header: TarHeader, stored: number): void {
    if (this.#sparse.isSparse) {
      checkMap(this.#sparse.regions, header.size, stored);
      header.sparse = this.#sparse.regions;
    }
    this.#sparse.rewind();
    this.sink.entry(header, this.#position);
    this.#left = stored;
    this.#expecting = "data";
    if (stored === 0) this.#endMember();
  }

  #skip(stored: number): void {
    this.#left = stored + paddingAfter(stored);
    this.#expecting = this.#left === 0 ? "header" : "padding";
  }

  #deliver(chunk: Uint8Array): void {
    if (this.#sparse.isSparse) this.#sparse.deliver(chunk, this.sink);
    else {
      this.sink.data(chunk, this.#sparse.position);
      this.#sparse.position += chunk.length;
    }
  }

  #endMember(): void {
    this.sink.end();
    if (this.#sparse.isSparse) this.#sparse = new Sparse();
    this.#left = this.#padding;
    this.#expecting = this.#left === 0 ? "header" : "padding";
  }
}
