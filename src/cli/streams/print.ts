import { writeSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";
import { StatusError } from "../command.ts";

/**
 * Writes all of a text to stdout. The runtime's `process.stdout` costs more to set up than a short command
 * takes, so the file descriptor is written itself.
 */
export function print(text: string): void {
  writeAll(1, text);
}

/** The same for stderr. */
export function printError(text: string): void {
  writeAll(2, text);
}

function writeAll(fd: 1 | 2, text: string): void {
  let bytes: Uint8Array = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      if (errnoOf(error) === "EPIPE") throw new StatusError(141);
      if (errnoOf(error) !== "EAGAIN") throw error;
      // Somebody made the pipe non-blocking and it is full.
      Bun.sleepSync(1);
    }
  }
}
