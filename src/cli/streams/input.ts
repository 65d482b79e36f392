import type { HijackedStream } from "../../client/hijack.ts";

/** Copies our stdin to a container until its end, or until `stop` is called. */
export function copyInput(
  stream: HijackedStream,
  onBytes: (chunk: Uint8Array) => void = () => {},
): { stop(): void } {
  const reader = Bun.stdin.stream().getReader();
  let stopped = false;
  const copy = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || stopped) break;
      onBytes(value);
      await stream.write(value);
    }
    if (!stopped) stream.endInput();
  };
  copy().catch((error: unknown) => {
    // The container closed its end first: its output and status are what counts then.
    void error;
  });
  return {
    stop() {
      stopped = true;
      reader.cancel().catch(() => {});
    },
  };
}
