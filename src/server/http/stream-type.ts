import type { ApiVersion } from "../version/api-version.ts";

const rawStream = "application/vnd.docker.raw-stream";
const multiplexedStream = "application/vnd.docker.multiplexed-stream";

/** The content type of a container's output; before 1.42 framed output was called raw as well. */
export function streamType(version: ApiVersion, framing: "raw" | "multiplexed"): string {
  return framing === "multiplexed" && version.since(42) ? multiplexedStream : rawStream;
}
