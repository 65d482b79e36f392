import type { EngineContext } from "../context.ts";
import { cgroupOf } from "./cgroup.ts";
import { unmountVolumes } from "./mounts/volumes.ts";
import type { ContainerRecord } from "./record.ts";
import { runtimeOf } from "./runtime-of.ts";
import { unmountSharedMemory } from "./shm.ts";

/** Removes the runtime's state, the groups, the mounts and the bundle: everything but what the container keeps. */
export async function releaseRun(engine: EngineContext, record: ContainerRecord): Promise<void> {
  const { background, rootfs } = engine;
  const group = cgroupOf(engine, record);
  await background.attempt("remove the runtime's state", () =>
    runtimeOf(engine, record).remove(record.id, group),
  );
  // A bundle is deleted only when nothing is mounted in it any more: the files would go with it.
  await background.attempt("unmount and delete the bundle", async () => {
    await rootfs.unmount(record);
    unmountSharedMemory(engine, record);
    await rootfs.deleteBundle(record);
  });
  await unmountVolumes(engine, record);
}
