import { encodeFrame, StdStream } from "../../api/stdcopy.ts";
import type { AttachStreams } from "../../engine/backend.ts";

/** Gives the input back, then says `end` once the client has half-closed. */
export async function echo({ input, output, signal }: AttachStreams, framed: boolean): Promise<void> {
  const send = async (text: Uint8Array) => {
    const room = output.write(framed ? encodeFrame(StdStream.stdout, text) : text);
    if (!room) await output.drained();
  };
  await send(Buffer.from("hello\n"));
  for await (const chunk of input ?? []) await send(chunk);
  if (!signal.aborted) await send(Buffer.from("end\n"));
}
