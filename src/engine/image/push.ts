import type * as api from "../../api/index.ts";
import { notImplemented } from "../../errors/index.ts";
import type { PushOptions } from "../backend.ts";
import type { ImageRooms } from "./rooms.ts";

export async function pushImage(
  _rooms: ImageRooms,
  { ref }: PushOptions,
  _signal: AbortSignal,
): Promise<AsyncIterable<api.ProgressMessage>> {
  throw notImplemented(`cannot push ${ref}: registries are not supported yet`);
}
