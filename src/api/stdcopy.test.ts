import { describe, expect, test } from "bun:test";
import { encodeFrame, StdcopyDecoder, type StdStream } from "./stdcopy.ts";

function decode(chunks: Uint8Array[]): { text: Record<number, string>; complete: boolean } {
  const text: Record<number, string> = {};
  const decoder = new StdcopyDecoder((stream: StdStream, piece) => {
    text[stream] = (text[stream] ?? "") + Buffer.from(piece).toString();
  });
  for (const chunk of chunks) decoder.push(chunk);
  return { text, complete: decoder.complete };
}

describe("stdcopy", () => {
  const wire = Buffer.concat([
    encodeFrame(1, Buffer.from("out")),
    encodeFrame(2, Buffer.from("")),
    encodeFrame(2, Buffer.from("error")),
    encodeFrame(1, Buffer.from("x".repeat(300))),
  ]);

  test("a frame is the stream, three zeros, the length and the payload", () => {
    expect([...encodeFrame(2, new Uint8Array(258)).subarray(0, 9)]).toEqual([2, 0, 0, 0, 0, 0, 1, 2, 0]);
  });

  test.each([1, 3, 8, 1000])("frames cut into pieces of %d bytes are joined again", (size) => {
    const chunks = [];
    for (let at = 0; at < wire.length; at += size) chunks.push(wire.subarray(at, at + size));
    expect(decode(chunks)).toEqual({ text: { 1: `out${"x".repeat(300)}`, 2: "error" }, complete: true });
  });

  test("a stream that ends inside a frame is not complete", () => {
    expect(decode([wire.subarray(0, 10)]).complete).toBe(false);
  });

  test("bytes that are no frames are an error", () => {
    expect(() => decode([Buffer.from("plain text of a terminal")])).toThrow("not a multiplexed stream");
  });
});
