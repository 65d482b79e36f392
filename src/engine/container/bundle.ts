import { conflict } from "../../errors/index.ts";
import type { Mount, Spec } from "../../oci/spec.ts";
import type { EngineContext } from "../context.ts";
import { cgroupLeaf } from "./cgroup.ts";
import type { Container } from "./container.ts";
import type { JoinedNetwork } from "./network/join.ts";
import { linkEnvironment } from "./network/link-environment.ts";
import type { ContainerRecord } from "./record.ts";
import { requireProcess } from "./require.ts";
import { buildSpec } from "./spec/index.ts";

/** The runtime's configuration of a container that is about to be started; `mounts` are the user's. */
export function bundleFor(
  engine: EngineContext,
  container: Container,
  rootfs: string,
  network: JoinedNetwork,
  mounts: readonly Mount[],
): Spec {
  const { record } = container;
  const pidPath = joined(engine, container, "PidMode", "pid");
  const ipcPath = joined(engine, container, "IpcMode", "ipc");
  const shmPath = sharedMemory(engine, record);
  return buildSpec({
    record,
    rootfs,
    network: network.namespace,
    linkEnvironment: network.links.flatMap((link) => linkEnvironment(record, link)),
    mounts: [...mounts, ...networkFiles(engine, record)],
    cgroupPath: cgroupLeaf(engine, record),
    host: engine.host,
    config: engine.config,
    ...(pidPath === undefined ? {} : { pidPath }),
    ...(ipcPath === undefined ? {} : { ipcPath }),
    ...(shmPath === undefined ? {} : { shmPath }),
  });
}

/** The namespace of the running container that a mode such as `container:ID` names. */
function joined(
  engine: EngineContext,
  { record }: Container,
  mode: "PidMode" | "IpcMode",
  namespace: "pid" | "ipc",
): string | undefined {
  const value = record.hostConfig[mode] ?? "";
  if (!value.startsWith("container:")) return undefined;
  const other = engine.containers.find(value.slice("container:".length));
  requireProcess(other);
  if (mode === "IpcMode") requireShareable(other.record);
  return `/proc/${other.record.state.initPid}/ns/${namespace}`;
}

function requireShareable({ id, hostConfig }: ContainerRecord): void {
  if (["shareable", "host"].includes(hostConfig.IpcMode ?? "")) return;
  throw conflict(
    `cannot join IPC of container ${id}: it is not shareable (start that container with --ipc=shareable)`,
  );
}

/** The host directory behind /dev/shm where containers share it; undefined where each has its own. */
function sharedMemory(engine: EngineContext, record: ContainerRecord): string | undefined {
  const mode = record.hostConfig.IpcMode ?? "";
  if (mode === "host") return "/dev/shm";
  if (mode === "shareable") return engine.paths.container(record.id).shm;
  if (!mode.startsWith("container:")) return undefined;
  const other = engine.containers.find(mode.slice("container:".length));
  return sharedMemory(engine, other.record);
}

/** hosts, hostname and resolv.conf, unless the user mounted something in their place. */
function networkFiles(engine: EngineContext, record: ContainerRecord): Mount[] {
  const { NetworkMode = "" } = record.hostConfig;
  const owner = NetworkMode.startsWith("container:")
    ? engine.containers.find(NetworkMode.slice("container:".length)).id
    : record.id;
  const paths = engine.paths.container(owner);
  const taken = new Set(record.mounts.map(({ point }) => point.Destination));
  const access = record.hostConfig.ReadonlyRootfs ? ["ro"] : [];
  return Object.entries({
    "/etc/resolv.conf": paths.resolvConf,
    "/etc/hostname": paths.hostname,
    "/etc/hosts": paths.hosts,
  })
    .filter(([destination]) => !taken.has(destination))
    .map(([destination, source]) => ({
      destination,
      type: "bind",
      source,
      options: ["rbind", "rprivate", ...access],
    }));
}
