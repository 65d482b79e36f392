import type { RestartPolicy } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";

/** `no`, `always`, `unless-stopped`, `on-failure[:times]`. The engine checks the name. */
export function parseRestart(text: string): RestartPolicy {
  if (text === "") return { Name: "", MaximumRetryCount: 0 };
  const [name, count] = cut(text, ":");
  if (name === "") throw wrong(`invalid restart policy format: no policy provided before colon`);
  if (count !== undefined && !/^-?\d+$/.test(count)) {
    throw wrong("invalid restart policy format: maximum retry count must be an integer");
  }
  return { Name: name as RestartPolicy["Name"] & string, MaximumRetryCount: Number(count ?? 0) };
}
