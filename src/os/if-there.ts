import { errnoOf } from "../errors/index.ts";

/** What a call on a file answers; undefined when there is no such file. */
export function ifThere<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
