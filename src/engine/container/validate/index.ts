import type { ContainerConfig, ContainerCreateRequest, HostConfig } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";
import type { EngineConfig } from "../../config/index.ts";
import type { HostFacts } from "../../host/index.ts";
import { normaliseCapability } from "../spec/capabilities.ts";
import { parseDeviceRule } from "../spec/devices.ts";
import { defaultMaskedPaths, defaultReadonlyPaths } from "../spec/index.ts";
import { parseSecurityOptions } from "../spec/security.ts";
import { validateLog } from "./log.ts";
import { validateModes } from "./modes.ts";
import { validatePorts } from "./ports.ts";
import { validateResources } from "./resources.ts";
import { validateRestartPolicy } from "./restart.ts";

export interface Validated {
  config: ContainerConfig;
  hostConfig: HostConfig;
  warnings: string[];
}

/** Every value that Docker's inspect shows of a container for which nothing was asked. */
function hostConfigDefaults(host: HostFacts, config: EngineConfig, privileged: boolean): HostConfig {
  return {
    Binds: null,
    ContainerIDFile: "",
    LogConfig: { Type: config.log.Type, Config: {} },
    NetworkMode: "bridge",
    PortBindings: {},
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: false,
    VolumeDriver: "",
    VolumesFrom: null,
    ConsoleSize: [0, 0],
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: host.cgroup.version === 2 && host.cgroup.namespaces ? "private" : "host",
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: null,
    GroupAdd: null,
    IpcMode: "private",
    Cgroup: "",
    Links: null,
    OomScoreAdj: 0,
    PidMode: "",
    Privileged: false,
    PublishAllPorts: false,
    ReadonlyRootfs: false,
    SecurityOpt: null,
    UTSMode: "",
    UsernsMode: "",
    ShmSize: config.shmSize,
    Runtime: config.defaultRuntime,
    Isolation: "",
    CpuShares: 0,
    Memory: 0,
    NanoCpus: 0,
    CgroupParent: "",
    BlkioWeight: 0,
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: [],
    BlkioDeviceWriteBps: [],
    BlkioDeviceReadIOps: [],
    BlkioDeviceWriteIOps: [],
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: "",
    CpusetMems: "",
    Devices: [],
    DeviceCgroupRules: null,
    DeviceRequests: null,
    MemoryReservation: 0,
    MemorySwap: 0,
    MemorySwappiness: null,
    OomKillDisable: host.cgroup.oomKillDisable ? false : null,
    PidsLimit: null,
    Ulimits: [],
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    ...(privileged ? {} : { MaskedPaths: defaultMaskedPaths, ReadonlyPaths: defaultReadonlyPaths }),
  };
}

const maximumHostname = 64;

/**
 * Checks a create request against this host and fills in what was left out. What the host cannot do is
 * dropped with a warning where Docker does so, and is an error otherwise.
 */
export function validateCreate(
  request: ContainerCreateRequest,
  host: HostFacts,
  engine: EngineConfig,
): Validated {
  const { HostConfig: asked, NetworkingConfig: _networking, ...config } = request;
  const warnings: string[] = [];
  const given = withoutEmpty(asked ?? {});
  const hostConfig: HostConfig = {
    ...hostConfigDefaults(host, engine, asked?.Privileged ?? false),
    ...given,
    LogConfig: validateLog(asked?.LogConfig, engine.log),
  };
  if (hostConfig.NetworkMode === "default") hostConfig.NetworkMode = "bridge";
  validateConfig(config);
  validateModes(hostConfig, config);
  validateSecurity(hostConfig, host, warnings);
  validateResources(hostConfig, host, warnings, { update: false });
  validateRestartPolicy(hostConfig);
  validatePorts(config, hostConfig);
  validateRuntime(hostConfig, engine);
  if (hostConfig.NetworkMode === "host" && Object.keys(hostConfig.PortBindings ?? {}).length > 0) {
    warnings.push("Published ports are discarded when using host network mode");
  }
  if (hostConfig.DeviceRequests?.length) {
    const [first] = hostConfig.DeviceRequests;
    throw invalid(
      `could not select device driver "${first?.Driver ?? ""}" with capabilities: ${JSON.stringify(
        first?.Capabilities ?? [],
      )
        .replaceAll(",", " ")
        .replaceAll('"', "")}`,
    );
  }
  if (Object.keys(hostConfig.StorageOpt ?? {}).length > 0) {
    throw invalid(
      "--storage-opt is supported only for overlay over xfs with 'pquota' mount option; leave it out on this host",
    );
  }
  return { config, hostConfig, warnings };
}

/** Go clients send their zero values; what is empty takes the default, as with Docker. */
function withoutEmpty(asked: HostConfig): HostConfig {
  const entries = Object.entries(asked).filter(([name, value]) => {
    if (value === undefined || value === "") return false;
    if (value === null) return nullStays.has(name);
    if (name === "RestartPolicy") return (value as { Name?: string }).Name !== "" && "Name" in value;
    if (name === "ShmSize") return value !== 0;
    return true;
  });
  return Object.fromEntries(entries) as HostConfig;
}

/** For these, null says something that their default does not. */
const nullStays = new Set(["Binds", "CapAdd", "CapDrop", "GroupAdd", "ExtraHosts"]);

function validateConfig(config: ContainerConfig): void {
  if (Buffer.byteLength(config.Hostname ?? "") > maximumHostname) {
    throw invalid(
      `hostname ${JSON.stringify(config.Hostname)} is too long (maximum ${maximumHostname} bytes)`,
    );
  }
  for (const variable of config.Env ?? []) {
    if (variable === "" || variable.startsWith("="))
      throw invalid(`invalid environment variable: ${variable}`);
  }
  if (config.WorkingDir && !config.WorkingDir.startsWith("/")) {
    throw invalid(`the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
  }
  validateHealth(config);
}

const shortestInterval = 1e6;

function validateHealth({ Healthcheck: health }: ContainerConfig): void {
  if (!health) return;
  const durations = ["Interval", "Timeout", "StartPeriod", "StartInterval"] as const;
  for (const name of durations) {
    const value = health[name] ?? 0;
    if (value !== 0 && value < shortestInterval)
      throw invalid(`${name} in Healthcheck cannot be less than 1ms`);
  }
  if ((health.Retries ?? 0) < 0) throw invalid("Retries in Healthcheck cannot be negative");
  const [kind] = health.Test ?? [];
  if (kind !== undefined && !["", "NONE", "CMD", "CMD-SHELL"].includes(kind)) {
    throw invalid(`Unknown healthcheck type '${kind}' (expected 'CMD' or 'CMD-SHELL')`);
  }
}

function validateSecurity(hostConfig: HostConfig, host: HostFacts, warnings: string[]): void {
  for (const name of [...(hostConfig.CapAdd ?? []), ...(hostConfig.CapDrop ?? [])]) normaliseCapability(name);
  for (const rule of hostConfig.DeviceCgroupRules ?? []) parseDeviceRule(rule);
  const security = parseSecurityOptions(hostConfig.SecurityOpt ?? []);
  if (security.apparmor !== undefined && security.apparmor !== "unconfined" && !host.apparmor) {
    warnings.push(`AppArmor is not available on this host: the profile ${security.apparmor} is not applied`);
  }
  if (security.labels.some((label) => label !== "disable") && !host.selinux) {
    warnings.push("SELinux is not available on this host: labels are not applied");
  }
  if (security.seccomp !== undefined && security.seccomp !== "unconfined" && !host.seccomp) {
    throw invalid("seccomp is not enabled in your kernel, cannot run a custom seccomp profile");
  }
}

function validateRuntime(hostConfig: HostConfig, engine: EngineConfig): void {
  const name = hostConfig.Runtime ?? "";
  const known = new Set([...Object.keys(engine.runtimes), engine.defaultRuntime]);
  if (!known.has(name)) throw invalid(`unknown or invalid runtime name: ${name}`);
}
