import { closeSync, futimesSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { ifThere } from "../os/if-there.ts";
import { rfc3339 } from "./time.ts";

/**
 * When a volume was last used is the time of a file beside its files: noting it is no write that anybody waits for,
 * outlives a killed engine, and moves with the volume.
 */
const file = (volume: string): string => join(volume, "used");

/** RFC3339; undefined for a volume that was never used. */
export function lastUseOf(volume: string): string | undefined {
  return ifThere(() => rfc3339(statSync(file(volume)).mtime));
}

export function noteUseOf(volume: string): void {
  const fd = openSync(file(volume), "a", 0o600);
  try {
    const now = new Date();
    futimesSync(fd, now, now);
  } finally {
    closeSync(fd);
  }
}
