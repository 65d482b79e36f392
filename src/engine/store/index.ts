import type { StoreVerbs } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import type { ImageRooms } from "../image/rooms.ts";
import { checkStore } from "./check/index.ts";
import { imageDiff } from "./diff.ts";
import type { Janitor } from "./gc/janitor.ts";
import { previewPrune } from "./preview.ts";
import { imageTree } from "./tree.ts";
import { StoreMeter } from "./usage.ts";

export { Janitor } from "./gc/janitor.ts";
export { LastUse } from "./gc/last-use.ts";

/** The verbs about all that is stored. */
export function storeVerbs(engine: EngineContext, rooms: ImageRooms, janitor: Janitor): StoreVerbs {
  const meter = new StoreMeter(engine, rooms);
  return {
    check: (options, signal) => checkStore(engine, rooms, options, signal),
    usage: (signal) => meter.measure(signal),
    previewPrune: (options) => previewPrune(engine, rooms, options),
    collect: (options, signal) => janitor.collect(options, signal),
    imageTree: async () => imageTree(rooms),
    imageDiff: (from, to, signal) => imageDiff(rooms, from, to, signal),
  };
}
