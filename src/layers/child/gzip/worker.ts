import { gzipBlock } from "./block.ts";

/* A thread that compresses blocks, one after the other, and hands their memory back. */

declare const self: Worker;

self.onmessage = ({ data: block }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
  const member = gzipBlock(block);
  self.postMessage({ member, memory: block.buffer }, [member.buffer, block.buffer]);
};
