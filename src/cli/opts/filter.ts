import type { Filters } from "../../api/index.ts";
import type { Flag, FlagOptions } from "../flags/flag.ts";
import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";

/** `--filter name=value`, repeatable. */
export function filter(description: string, options: FlagOptions = {}): Flag<Filters> {
  const add = (text: string, before: Filters): Filters => {
    if (text === "") return before;
    const [rawName, value] = cut(text, "=");
    if (value === undefined) {
      throw wrong(`invalid filter '${text}': expected name=value`);
    }
    const name = rawName.trim().toLowerCase();
    return { ...before, [name]: [...(before[name] ?? []), value.trim()] };
  };
  return { placeholder: "filter", ...options, description, zero: {}, add };
}
