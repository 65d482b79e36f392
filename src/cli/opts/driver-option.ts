import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";

/** `key=value` pairs for a network's driver, about one endpoint. */
export function driverOptions(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key, value] = cut(pair, "=");
      if (value === undefined || key.trim() === "")
        throw wrong("invalid key/value pair format in driver options");
      return [key.trim(), value.trim()];
    }),
  );
}
