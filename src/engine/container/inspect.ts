import type * as api from "../../api/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { networkSettings } from "./network/settings.ts";
import type { ContainerRecord } from "./record.ts";
import { isRunning, statusWord } from "./status.ts";

/** Everything about a container, in Docker's shape. Sizes need a walk over its files: only on demand. */
export async function inspectContainer(
  engine: EngineContext,
  ref: string,
  options: { size?: boolean } = {},
): Promise<api.ContainerInspect> {
  const container = engine.containers.find(ref);
  const { record } = container;
  const paths = engine.paths.container(record.id);
  const descriptor = engine.images.descriptor(record.image.id);
  return {
    Id: record.id,
    Created: record.created,
    Path: record.path,
    Args: record.args,
    State: stateOf(container),
    Image: record.image.id,
    ResolvConfPath: paths.resolvConf,
    HostnamePath: paths.hostname,
    HostsPath: paths.hosts,
    LogPath: record.hostConfig.LogConfig?.Type === "json-file" ? paths.log : "",
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: "overlay2",
    Platform: record.platform,
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: execIds(container),
    HostConfig: record.hostConfig,
    GraphDriver: { Name: "overlay2", Data: engine.rootfs.describe(record) },
    ...(options.size ? await engine.rootfs.sizes(record) : {}),
    Mounts: record.mounts.map((mount) => mount.point),
    Config: configOf(record),
    NetworkSettings: networkSettings(record),
    ...(descriptor === undefined ? {} : { ImageManifestDescriptor: descriptor }),
  };
}

export function stateOf({ record, health }: Container): api.ContainerState {
  const { state } = record;
  return {
    Status: statusWord(record),
    Running: isRunning(record),
    Paused: state.status === "paused",
    Restarting: state.status === "restarting",
    OOMKilled: state.oomKilled,
    Dead: state.status === "dead",
    Pid: state.initPid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: state.startedAt,
    FinishedAt: state.finishedAt,
    ...(health === undefined ? {} : { Health: health }),
    ...(state.usage === undefined
      ? {}
      : { Usage: { PeakMemory: state.usage.peakMemory, CpuNanoseconds: state.usage.cpuNanoseconds } }),
  };
}

function execIds(container: Container): string[] | null {
  const ids = [...container.execs];
  return ids.length > 0 ? ids : null;
}

/** Fields that Docker's inspect always shows, whether or not the request had them. */
function configOf({ config }: ContainerRecord): api.ContainerConfig {
  return {
    Hostname: "",
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: [],
    Cmd: null,
    Image: "",
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: {},
    ...config,
  };
}
