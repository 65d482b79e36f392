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
  const pieces: { stream: StdStream; bytes: Uint8Array[] }[] = [];
  const decoder = new StdcopyDecoder((stream, piece) => {
    const last = pieces.at(-1);
    if (last?.stream === stream) last.bytes.push(piece);
    else pieces.push({ stream, bytes: [piece] });
  });
  for await (const chunk of chunks) {
    decoder.push(chunk);
    for (const { stream, bytes } of pieces.splice(0)) {
      const joined = bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes);
      if (stream === StdStream.system) throw systemError(Buffer.from(joined).toString());
      await output.write(stream === StdStream.stderr ? "stderr" : "stdout", joined);
    }
  }
}
