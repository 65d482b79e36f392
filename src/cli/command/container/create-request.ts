import type {
  ContainerCreateRequest,
  DeviceRequest,
  HealthcheckConfig,
  HostConfig,
  Resources,
} from "../../../api/index.ts";
import { wrong } from "../../local-error.ts";
import { effectiveCapabilities } from "../../opts/capabilities.ts";
import { cut } from "../../opts/csv.ts";
import { isCdiName, parseDevice } from "../../opts/device.ts";
import { readKeyValues, toMap } from "../../opts/key-values.ts";
import { parsePorts } from "../../opts/port.ts";
import { parseRestart } from "../../opts/restart.ts";
import { parseSecurity } from "../../opts/security.ts";
import { distinctUlimits } from "../../opts/ulimit.ts";
import { parseVolumes } from "../../opts/volume.ts";
import type { CreateFlags } from "./create-flags.ts";
import { endpoints, networksOf } from "./create-network.ts";

/** Options and arguments of `run` and `create`, as the request that docker makes of them. */
export function createRequest(
  flags: CreateFlags,
  changed: (name: keyof CreateFlags & string) => boolean,
  [image = "", ...command]: readonly string[],
): ContainerCreateRequest {
  checkModes(flags);
  const { ExposedPorts, PortBindings } = parsePorts(flags.publish, flags.expose);
  const { Volumes, Binds } = parseVolumes(flags.volume);
  const attachStdin = flags.interactive || flags.attach.includes("stdin");
  const attachAll = flags.attach.length === 0;
  const entrypoint = changed("entrypoint") ? [flags.entrypoint] : null;
  return {
    Hostname: flags.hostname,
    Domainname: flags.domainname,
    User: flags.user,
    AttachStdin: attachStdin,
    AttachStdout: attachAll || flags.attach.includes("stdout"),
    AttachStderr: attachAll || flags.attach.includes("stderr"),
    ...(Object.keys(ExposedPorts).length > 0 ? { ExposedPorts } : {}),
    Tty: flags.tty,
    OpenStdin: flags.interactive,
    StdinOnce: flags.interactive && attachStdin,
    Env: readKeyValues("env-file", flags["env-file"], flags.env, true),
    Cmd: command.length > 0 ? command : null,
    ...healthcheck(flags),
    Image: image,
    Volumes,
    WorkingDir: flags.workdir,
    Entrypoint: entrypoint,
    Labels: toMap(readKeyValues("label-file", flags["label-file"], flags.label, false)),
    ...(flags["stop-signal"] === "" ? {} : { StopSignal: flags["stop-signal"] }),
    ...(changed("stop-timeout") ? { StopTimeout: flags["stop-timeout"]! } : {}),
    HostConfig: { ...hostConfig(flags, changed), Binds, PortBindings, ...resources(flags) },
    NetworkingConfig: { EndpointsConfig: endpoints(flags) },
  };
}

function checkModes(flags: CreateFlags): void {
  if (flags.pid !== "" && flags.pid !== "host" && !/^container:.+/.test(flags.pid)) {
    throw wrong("--pid: invalid PID mode");
  }
  if (!["", "host"].includes(flags.uts)) throw wrong("--uts: invalid UTS mode");
  if (!["", "host"].includes(flags.userns)) throw wrong("--userns: invalid USER mode");
  if (!["", "host", "private"].includes(flags.cgroupns)) throw wrong("--cgroupns: invalid CGROUP mode");
  const swappiness = flags["memory-swappiness"] ?? -1;
  if (swappiness < -1 || swappiness > 100) {
    throw wrong(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  }
  const policy = cut(flags.restart, ":")[0];
  if (flags.rm && policy !== "no" && policy !== "") {
    throw wrong("conflicting options: cannot specify both --restart and --rm");
  }
}

function healthcheck(flags: CreateFlags): { Healthcheck?: HealthcheckConfig } {
  const timings = {
    Interval: flags["health-interval"] ?? 0,
    Timeout: flags["health-timeout"] ?? 0,
    StartPeriod: flags["health-start-period"] ?? 0,
    StartInterval: flags["health-start-interval"] ?? 0,
    Retries: flags["health-retries"] ?? 0,
  };
  const command = flags["health-cmd"];
  const set = Object.entries(timings).filter(([, value]) => value !== 0);
  const some = command !== "" || set.length > 0;
  if (flags["no-healthcheck"]) {
    if (some) throw wrong("--no-healthcheck conflicts with --health-* options");
    return { Healthcheck: { Test: ["NONE"] } };
  }
  for (const [name, value] of set) {
    const flag = name.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
    if (value < 0) throw wrong(`--health-${flag} cannot be negative`);
  }
  if (!some) return {};
  const probe = command === "" ? {} : { Test: ["CMD-SHELL", command] };
  return { Healthcheck: { ...probe, ...Object.fromEntries(set) } };
}

function hostConfig(flags: CreateFlags, changed: (name: keyof CreateFlags & string) => boolean): HostConfig {
  return {
    ContainerIDFile: flags.cidfile,
    LogConfig: { Type: flags["log-driver"], Config: loggingOptions(flags) },
    NetworkMode: networksOf(flags)[0]?.target ?? "default",
    RestartPolicy: parseRestart(flags.restart),
    AutoRemove: flags.rm,
    VolumeDriver: flags["volume-driver"],
    VolumesFrom: orNull(flags["volumes-from"]),
    ...(Object.keys(flags.annotation).length > 0 ? { Annotations: flags.annotation } : {}),
    ...effectiveCapabilities(flags["cap-add"], flags["cap-drop"]),
    CgroupnsMode: flags.cgroupns as "" | "private" | "host",
    Dns: flags.dns,
    DnsOptions: [...flags["dns-opt"], ...flags["dns-option"]],
    DnsSearch: flags["dns-search"],
    ExtraHosts: orNull(flags["add-host"]),
    GroupAdd: orNull(flags["group-add"]),
    IpcMode: flags.ipc,
    Cgroup: "",
    Links: orNull(flags.link),
    OomScoreAdj: flags["oom-score-adj"] ?? 0,
    PidMode: flags.pid,
    Privileged: flags.privileged,
    PublishAllPorts: flags["publish-all"],
    ReadonlyRootfs: flags["read-only"],
    ...parseSecurity(flags["security-opt"]),
    ...storageOptions(flags["storage-opt"]),
    ...tmpfs(flags.tmpfs),
    UTSMode: flags.uts,
    UsernsMode: flags.userns,
    ShmSize: flags["shm-size"] ?? 0,
    ...(Object.keys(flags.sysctl).length > 0 ? { Sysctls: flags.sysctl } : {}),
    ...(flags.runtime === "" ? {} : { Runtime: flags.runtime }),
    Isolation: flags.isolation,
    ...(flags.mount.length > 0 ? { Mounts: flags.mount } : {}),
    ...(changed("init") ? { Init: flags.init } : {}),
  };
}

function orNull(values: readonly string[]): string[] | null {
  return values.length === 0 ? null : [...values];
}

function loggingOptions(flags: CreateFlags): Record<string, string> {
  if (flags["log-driver"] === "none" && flags["log-opt"].length > 0) {
    throw wrong("invalid logging opts for driver none");
  }
  return toMap(flags["log-opt"]);
}

function storageOptions(options: readonly string[]): { StorageOpt?: Record<string, string> } {
  if (options.some((option) => !option.includes("="))) throw wrong("invalid storage option");
  return options.length === 0 ? {} : { StorageOpt: toMap(options) };
}

function tmpfs(specs: readonly string[]): { Tmpfs?: Record<string, string> } {
  const entries = specs.map((spec): [string, string] => {
    const [path, options = ""] = cut(spec, ":");
    return [path, options];
  });
  return entries.length === 0 ? {} : { Tmpfs: Object.fromEntries(entries) };
}

function resources(flags: CreateFlags): Resources {
  const cdi = flags.device.filter(isCdiName);
  const requests: DeviceRequest[] = [...flags.gpus];
  if (cdi.length > 0) {
    requests.push({ Driver: "cdi", Count: 0, DeviceIDs: cdi, Capabilities: null, Options: null });
  }
  return {
    CpuShares: flags["cpu-shares"] ?? 0,
    Memory: flags.memory ?? 0,
    NanoCpus: flags.cpus ?? 0,
    CgroupParent: flags["cgroup-parent"],
    BlkioWeight: flags["blkio-weight"] ?? 0,
    BlkioWeightDevice: flags["blkio-weight-device"],
    BlkioDeviceReadBps: flags["device-read-bps"],
    BlkioDeviceWriteBps: flags["device-write-bps"],
    BlkioDeviceReadIOps: flags["device-read-iops"],
    BlkioDeviceWriteIOps: flags["device-write-iops"],
    CpuPeriod: flags["cpu-period"] ?? 0,
    CpuQuota: flags["cpu-quota"] ?? 0,
    CpuRealtimePeriod: flags["cpu-rt-period"] ?? 0,
    CpuRealtimeRuntime: flags["cpu-rt-runtime"] ?? 0,
    CpusetCpus: flags["cpuset-cpus"],
    CpusetMems: flags["cpuset-mems"],
    Devices: flags.device.filter((device) => !isCdiName(device)).map(parseDevice),
    DeviceCgroupRules: orNull(flags["device-cgroup-rule"]),
    DeviceRequests: requests.length === 0 ? null : requests,
    ...(flags["kernel-memory"] ? { KernelMemory: flags["kernel-memory"] } : {}),
    MemoryReservation: flags["memory-reservation"] ?? 0,
    MemorySwap: flags["memory-swap"] ?? 0,
    MemorySwappiness: flags["memory-swappiness"] ?? -1,
    OomKillDisable: flags["oom-kill-disable"],
    PidsLimit: flags["pids-limit"] ?? 0,
    Ulimits: distinctUlimits(flags.ulimit),
    CpuCount: flags["cpu-count"] ?? 0,
    CpuPercent: flags["cpu-percent"] ?? 0,
    IOMaximumIOps: flags["io-maxiops"] ?? 0,
    IOMaximumBandwidth: flags["io-maxbandwidth"] ?? 0,
  };
}
