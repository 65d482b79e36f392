import { mkdirSync } from "node:fs";
import { mount, unmount } from "../../os/mount.ts";
import type { EngineContext } from "../context.ts";
import type { ContainerRecord } from "./record.ts";
import type { Undo } from "./undo.ts";

/** Makes the /dev/shm that a container shares with those that join its IPC namespace. */
export function mountSharedMemory(engine: EngineContext, record: ContainerRecord, undo: Undo): void {
  if (record.hostConfig.IpcMode !== "shareable") return;
  const { shm } = engine.paths.container(record.id);
  mkdirSync(shm, { recursive: true, mode: 0o1777 });
  const size = `size=${record.hostConfig.ShmSize}`;
  mount({ type: "tmpfs", source: "shm", options: ["nosuid", "nodev", "noexec", "mode=1777", size] }, shm);
  undo.add("unmount the shared memory", () => unmountSharedMemory(engine, record));
}

export function unmountSharedMemory(engine: EngineContext, record: ContainerRecord): void {
  if (record.hostConfig.IpcMode === "shareable") unmount(engine.paths.container(record.id).shm);
}
