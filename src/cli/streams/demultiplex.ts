import { StdcopyDecoder, StdStream } from "../../api/stdcopy.ts";
import { systemError } from "../../errors/index.ts";
import type { Output } from "./output.ts";

/** Copies a container's output to our own, frames taken off when it has any. Resolves at its end. */
export async function copyOutput(
  framing: "raw" | "multiplexed",
  chunks: AsyncIterable<Uint8Array>,
  output: Output,
): Promise<void> {
  if (framing === "raw") {
    for await (const chunk of chunks) await output.write("stdout", chunk);
    return;
  }
  const runs: { stream: StdStream; start: number; end: number }[] = [];
  let current: Uint8Array = new Uint8Array();
  const decoder = new StdcopyDecoder((stream, piece) => {
    const last = runs.at(-1);
    if (last?.stream === stream) {
      // The log's frames are lines: moved together over the headers between them, they are one write.
      current.set(piece, last.end);
      last.end += piece.length;
    } else {
      const start = piece.byteOffset - current.byteOffset;
      runs.push({ stream, start, end: start + piece.length });
    }
  });
  for await (const chunk of chunks) {
    current = chunk;
    decoder.push(chunk);
    for (const { stream, start, end } of runs.splice(0)) {
      const piece = chunk.subarray(start, end);
      if (stream === StdStream.system) throw systemError(Buffer.from(piece).toString());
      await output.write(stream === StdStream.stderr ? "stderr" : "stdout", piece);
    }
  }
}
