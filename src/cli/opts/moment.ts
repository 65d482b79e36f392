import { parseDuration } from "../flags/scalar.ts";
import { LocalError } from "../local-error.ts";

/**
 * `--since` and `--until` as the engine takes them: a duration before now becomes Unix seconds, because the
 * engine's clock is not ours; other texts (RFC 3339, Unix seconds) are for the engine. Empty is undefined.
 */
export function moment(text: string, now = Date.now()): string | undefined {
  if (text === "") return undefined;
  try {
    return (now / 1000 - parseDuration(text) / 1e9).toFixed(9);
  } catch (error) {
    if (error instanceof LocalError) return text;
    throw error;
  }
}
