import type * as api from "../../api/index.ts";
import { notImplemented } from "../../errors/index.ts";
import type { PullOptions } from "../backend.ts";
import type { ImageRooms } from "./rooms.ts";

export async function pullImage(
  _rooms: ImageRooms,
  { ref }: PullOptions,
  _signal: AbortSignal,
): Promise<AsyncIterable<api.ProgressMessage>> {
  throw notImplemented(`cannot pull ${ref}: registries are not supported yet`);
}
