import { errnoOf } from "../../errors/index.ts";
import { StatusError } from "../command.ts";

/** Our stdout and stderr as streams of bytes: a write resolves when the reader has room again. */
export interface Output {
  write(stream: "stdout" | "stderr", piece: Uint8Array): Promise<void>;
}

/** What a shell counts for a program that wrote to a closed pipe. */
const brokenPipeStatus = 141;

export function openOutput(): Output {
  const sinks: Partial<Record<"stdout" | "stderr", ReturnType<typeof Bun.stdout.writer>>> = {};
  return {
    async write(stream, piece) {
      sinks[stream] ??= Bun[stream].writer();
      try {
        sinks[stream].write(piece);
        await sinks[stream].flush();
      } catch (error) {
        if (errnoOf(error) === "EPIPE") throw new StatusError(brokenPipeStatus);
        throw error;
      }
    },
  };
}
