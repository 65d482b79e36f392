import { errnoOf } from "../errors/index.ts";

const noFile = ["ENOENT"];

/** What a call on a file of /proc/PID fails with when the process ends before or while it is looked at, or its descriptor is closed. */
export const processGone = ["ENOENT", "ESRCH", "EBADF"];

/** What a call on a file answers; undefined when there is no such file, or the call failed with another error of `gone`. */
export function ifThere<T>(call: () => T, gone: readonly string[] = noFile): T | undefined {
  try {
    return call();
  } catch (error) {
    if (gone.includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
