import type { EngineConfig } from "../engine/config/index.ts";
import type { Log } from "../engine/log.ts";
import { unavailable } from "../errors/index.ts";
import { imageComplaint } from "../layers/index.ts";

/** Settles how layers are kept: as asked for, which must work in the data root; else as EROFS images where that works. */
export function withStorageDriver(config: EngineConfig, log: Log): EngineConfig {
  if (config.storageDriver === "overlay2") return config;
  const complaint = imageComplaint(config.dataRoot);
  if (complaint === undefined) return { ...config, storageDriver: "erofs" };
  if (config.storageDriver === "erofs") {
    throw unavailable(
      `the storage driver erofs does not work in ${config.dataRoot}: ${complaint}: leave --storage-driver out, or use overlay2`,
    );
  }
  log("debug", `layers are unpacked: EROFS images do not work in ${config.dataRoot}: ${complaint}`);
  return { ...config, storageDriver: "overlay2" };
}
