import type { Client } from "../client.ts";
import { unlessNotModified } from "../not-modified.ts";
import { containerPath } from "./path.ts";

/** Answers false when the container was running already. */
export function startContainer(
  client: Client,
  ref: string,
  options: { detachKeys?: string | undefined } = {},
): Promise<boolean> {
  return unlessNotModified(
    client.call({ method: "POST", path: containerPath(ref, "start"), query: options }),
  );
}
