import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname, machine, release } from "node:os";
import type { InfoResponse } from "../../api/index.ts";
import { productVersion } from "../../api/product.ts";
import type { EngineConfig } from "../config/index.ts";
import type { HostFacts } from "../host/index.ts";
import { registryInfo } from "./registry-info.ts";
import type { RuntimeVersion } from "./version.ts";

export interface InfoInput {
  engineId: string;
  config: EngineConfig;
  host: HostFacts;
  runtimes: readonly RuntimeVersion[];
  containers: { running: number; paused: number; stopped: number };
  images: number;
  eventListeners: number;
  /** Of the data root, such as `extfs` or `xfs`. */
  backingFilesystem: string;
  /** Beside those about the host. */
  warnings: readonly string[];
}

function osRelease(): Map<string, string> {
  const path = ["/etc/os-release", "/usr/lib/os-release"].find((candidate) => existsSync(candidate));
  const lines = path === undefined ? [] : readFileSync(path, "utf8").split("\n");
  const pairs = lines
    .map((line) => /^([A-Z_]+)=(?:"(.*)"|(.*))$/.exec(line))
    .filter((match) => match !== null);
  return new Map(pairs.map(([, name = "", quoted, bare]) => [name, quoted ?? bare ?? ""]));
}

/** GET /info. */
export function info(input: InfoInput): InfoResponse {
  const { config, host, containers } = input;
  const { cgroup } = host;
  const release_ = osRelease();
  const total = containers.running + containers.paused + containers.stopped;
  return {
    ID: input.engineId,
    Containers: total,
    ContainersRunning: containers.running,
    ContainersPaused: containers.paused,
    ContainersStopped: containers.stopped,
    Images: input.images,
    Driver: "overlay2",
    DriverStatus: [
      ["Backing Filesystem", input.backingFilesystem],
      ["Supports d_type", "true"],
      ["Using metacopy", "false"],
      ["Native Overlay Diff", "true"],
      ["userxattr", "false"],
      ["Layers", config.storageDriver === "erofs" ? "EROFS images" : "Directories"],
    ],
    DockerRootDir: config.dataRoot,
    Plugins: {
      Volume: ["local"],
      Network: ["bridge", "host", "ipvlan", "macvlan", "null"],
      Authorization: null,
      Log: ["json-file", "local", "none"],
    },
    MemoryLimit: cgroup.memory,
    SwapLimit: cgroup.swap,
    CpuCfsPeriod: cgroup.cfs,
    CpuCfsQuota: cgroup.cfs,
    CPUShares: cgroup.cpuShares,
    CPUSet: cgroup.cpuset,
    PidsLimit: cgroup.pids,
    OomKillDisable: cgroup.oomKillDisable,
    IPv4Forwarding: readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim() === "1",
    Debug: config.debug,
    NFd: readdirSync("/proc/self/fd").length,
    NGoroutines: readdirSync("/proc/self/task").length,
    SystemTime: new Date().toISOString(),
    LoggingDriver: config.log.Type,
    CgroupDriver: "cgroupfs",
    CgroupVersion: cgroup.version === 2 ? "2" : "1",
    NEventsListener: input.eventListeners,
    KernelVersion: release(),
    OperatingSystem: release_.get("PRETTY_NAME") ?? "Linux",
    OSVersion: release_.get("VERSION_ID") ?? "",
    OSType: "linux",
    Architecture: machine(),
    NCPU: host.cpuCount,
    MemTotal: host.memoryTotal,
    IndexServerAddress: "https://index.docker.io/v1/",
    ...registryInfo(config.registry),
    GenericResources: null,
    Name: hostname(),
    Labels: config.labels,
    ExperimentalBuild: false,
    ServerVersion: productVersion,
    Runtimes: Object.fromEntries(
      Object.entries(config.runtimes).map(([name, { path, args }]) => [
        name,
        args.length > 0 ? { path, runtimeArgs: args } : { path },
      ]),
    ),
    DefaultRuntime: config.defaultRuntime,
    Swarm: {
      NodeID: "",
      NodeAddr: "",
      LocalNodeState: "inactive",
      ControlAvailable: false,
      Error: "",
      RemoteManagers: null,
    },
    LiveRestoreEnabled: config.liveRestore,
    Isolation: "",
    InitBinary: config.initPath ?? "docker-init",
    ContainerdCommit: { ID: "" },
    RuncCommit: { ID: input.runtimes[0]?.commit ?? "" },
    InitCommit: { ID: "" },
    SecurityOptions: securityOptions(host),
    ProductLicense: "",
    ...(config.addressPools.length > 0
      ? { DefaultAddressPools: config.addressPools.map(({ base, size }) => ({ Base: base, Size: size })) }
      : {}),
    CDISpecDirs: [],
    Warnings: [...warnings(host), ...input.warnings],
  };
}

function securityOptions(host: HostFacts): string[] {
  return [
    ...(host.apparmor ? ["name=apparmor"] : []),
    ...(host.seccomp ? ["name=seccomp,profile=builtin"] : []),
    ...(host.cgroup.version === 2 && host.cgroup.namespaces ? ["name=cgroupns"] : []),
  ];
}

function warnings({ cgroup }: HostFacts): string[] {
  const missing: [boolean, string][] = [
    [cgroup.memory, "memory limit"],
    [cgroup.swap, "swap limit"],
    [cgroup.cfs, "cpu cfs quota"],
    [cgroup.cpuShares, "cpu shares"],
    [cgroup.cpuset, "cpuset"],
    [cgroup.pids, "pids limit"],
    [cgroup.blkioWeight, "blkio weight"],
    [cgroup.blkioThrottle, "blkio throttle"],
  ];
  return missing.filter(([present]) => !present).map(([, what]) => `WARNING: No ${what} support`);
}
