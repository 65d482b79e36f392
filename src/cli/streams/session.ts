import type { HijackedStream } from "../../client/hijack.ts";
import { copyOutput } from "./demultiplex.ts";
import { DetachScanner } from "./detach.ts";
import { copyInput } from "./input.ts";
import { openOutput } from "./output.ts";
import { followSize, rawInput, type Size } from "./terminal.ts";

export interface SessionOptions {
  stdin: boolean;
  tty: boolean;
  detachKeys: string;
  /** Absent: somebody else tells the size. */
  resize?: (size: Size) => Promise<void>;
}

/**
 * Connects our terminal or pipes with a container's streams. Resolves at the end of its output, with whether the
 * user typed the detach keys; a stdin that nobody closes does not hold it up.
 */
export async function runSession(
  stream: HijackedStream,
  options: SessionOptions,
): Promise<{ detached: boolean }> {
  const keys = new DetachScanner(options.detachKeys);
  const restore = options.tty && options.stdin ? await rawInput() : () => {};
  const input = options.stdin
    ? copyInput(stream, options.tty ? (chunk) => keys.scan(chunk) : undefined)
    : undefined;
  const stopFollowing = options.tty && options.resize ? followSize(options.resize) : () => {};
  try {
    await copyOutput(options.tty ? "raw" : "multiplexed", stream.output, openOutput());
    return { detached: keys.seen };
  } finally {
    stopFollowing();
    input?.stop();
    restore();
    stream.close();
  }
}
