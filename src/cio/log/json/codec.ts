import { readSync } from "node:fs";
import type { LogCodec } from "../codec.ts";
import { JsonDecoder } from "./decode.ts";
import { JsonEncoder } from "./encode.ts";

const NEWLINE = 0x0a;
const STEP_BYTES = 65536;

/** The json-file format: a JSON object a line. */
export const jsonCodec: LogCodec = {
  textOnly: true,
  encoder: (attributes) => new JsonEncoder(attributes),
  decoder: () => new JsonDecoder(),
  lastRecord(block, from, end) {
    if (end - 2 < from) return -1;
    const newline = block.lastIndexOf(NEWLINE, end - 2);
    return newline < from ? -1 : newline + 1;
  },
  soundEnd(fd, size) {
    const block = new Uint8Array(STEP_BYTES);
    for (let end = size; end > 0; end -= STEP_BYTES) {
      const from = Math.max(0, end - STEP_BYTES);
      const length = readSync(fd, block, 0, end - from, from);
      const newline = block.subarray(0, length).lastIndexOf(NEWLINE);
      if (newline >= 0) return from + newline + 1;
    }
    return 0;
  },
};
