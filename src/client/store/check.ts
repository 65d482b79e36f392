import type { ProgressMessage } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { progress } from "../lines.ts";

export interface CheckStoreOptions {
  repair?: boolean;
  quick?: boolean;
  deep?: boolean;
}

/** Verifies all that the engine stores. Slipway's own endpoint; the messages' `aux` is a StoreCheckAux. */
export async function* checkStore(
  client: Client,
  { repair, quick, deep }: CheckStoreOptions,
  signal?: AbortSignal,
): AsyncGenerator<ProgressMessage> {
  const query = { repair, quick, deep };
  const response = await client.request({ method: "POST", path: "/system/check", query, signal });
  yield* progress(response.body);
}
