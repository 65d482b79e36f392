import { fdatasyncSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { digestFromHex } from "../../oci/digest.ts";
import type { CompressedLayer, CompressRequest } from "../compress.ts";
import { blockBytes, gzipBlock } from "./gzip/block.ts";
import { type Compressed, GzipThread } from "./gzip/threads.ts";
import { answer, sendEvent } from "./protocol.ts";

const output = 3;
const progressEvery = 8 << 20;
/** So many blocks wait for a thread that has finished one. */
const ahead = 2;

/** The child of `compressLayer`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, compress);
}

async function compress({ blob, threads }: CompressRequest): Promise<CompressedLayer> {
  const input = openSync(blob, "r");
  const { size } = fstatSync(input);
  const result = new Output(size);
  if (threads === 1 || size <= blockBytes) alone(input, result);
  else await divided(input, threads, result);
  fdatasyncSync(output);
  return { digest: digestFromHex(result.hasher.digest("hex")), size: result.written };
}

/** Where the members go, in their order. */
class Output {
  readonly hasher = new Bun.CryptoHasher("sha256");
  written = 0;
  #read = 0;
  #told = 0;

  constructor(private readonly size: number) {}

  /** `read`: so many bytes of the layer are in the member. */
  add(member: Uint8Array, read: number): void {
    this.hasher.update(member);
    for (let at = 0; at < member.length; ) at += writeSync(output, member, at, member.length - at);
    this.written += member.length;
    this.#read += read;
    if (this.#read - this.#told < progressEvery) return;
    this.#told = this.#read;
    sendEvent({ read: this.#read, size: this.size });
  }
}

function alone(input: number, result: Output): void {
  const memory = new ArrayBuffer(blockBytes);
  let block = nextBlock(input, memory);
  // An empty layer is one member of nothing.
  do {
    result.add(gzipBlock(block), block.length);
    block = nextBlock(input, memory);
  } while (block.length > 0);
}

/** Blocks go to the threads in turn, and their members come back in turn. */
async function divided(input: number, count: number, result: Output): Promise<void> {
  using stack = new DisposableStack();
  const threads = Array.from({ length: count }, () => stack.use(new GzipThread()));
  const pending: { read: number; compressed: Promise<Compressed> }[] = [];
  const free: ArrayBuffer[] = [];
  let given = 0;
  const give = (): void => {
    while (pending.length < count * ahead) {
      const block = nextBlock(input, free.pop() ?? new ArrayBuffer(blockBytes));
      const thread = threads[given++ % count];
      if (block.length === 0 || thread === undefined) return;
      pending.push({ read: block.length, compressed: thread.compress(block) });
    }
  };
  for (give(); ; give()) {
    const first = pending.shift();
    if (first === undefined) return;
    const { member, memory } = await first.compressed;
    result.add(member, first.read);
    free.push(memory);
  }
}

/** Up to a block of what follows in the file; empty at its end. */
function nextBlock(input: number, memory: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(memory, 0, blockBytes);
  let length = 0;
  while (length < blockBytes) {
    const count = readSync(input, block, length, blockBytes - length, null);
    if (count === 0) break;
    length += count;
  }
  return block.subarray(0, length);
}
