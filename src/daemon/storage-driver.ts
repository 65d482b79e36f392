import type { EngineConfig } from "../engine/config/index.ts";
import { unavailable } from "../errors/index.ts";
import { imageComplaint } from "../layers/index.ts";

/** Makes sure that layers can be kept in the data root as was asked for. */
export function checkStorageDriver({ storageDriver, dataRoot }: EngineConfig): void {
  const complaint = storageDriver === "erofs" ? imageComplaint(dataRoot) : undefined;
  if (complaint === undefined) return;
  throw unavailable(
    `the storage driver erofs does not work in ${dataRoot}: ${complaint}: leave --storage-driver out, or use overlay2`,
  );
}
