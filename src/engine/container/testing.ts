import { type ContainerRecord, never } from "./record.ts";

/** A record of a container that was just created, for tests. */
export function testRecord(changes: Partial<ContainerRecord>): ContainerRecord {
  return {
    id: "0123456789ab".padEnd(64, "0"),
    name: "web",
    created: "2023-11-14T22:13:20Z",
    image: { reference: "busybox", id: `sha256:${"1".repeat(64)}` },
    platform: "linux",
    config: { Image: "busybox", Labels: {} },
    hostConfig: { NetworkMode: "bridge" },
    path: "sh",
    args: [],
    mounts: [],
    endpoints: {},
    state: {
      status: "created",
      exitCode: 0,
      error: "",
      oomKilled: false,
      startedAt: never,
      finishedAt: never,
      initPid: 0,
      startTicks: 0,
    },
    restartCount: 0,
    manuallyStopped: false,
    removing: false,
    ...changes,
  };
}
