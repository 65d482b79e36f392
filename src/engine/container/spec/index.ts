import type { HostConfig } from "../../../api/index.ts";
import type { LinuxResources, Mount, POSIXRlimit, Process, Spec } from "../../../oci/spec.ts";
import type { EngineConfig } from "../../config/index.ts";
import type { HostFacts } from "../../host/index.ts";
import type { ContainerRecord } from "../record.ts";
import { capabilitiesFor } from "./capabilities.ts";
import { devicesFor } from "./devices.ts";
import { environment } from "./environment.ts";
import { findInit, initDestination } from "./init.ts";
import { mountsFor } from "./mounts.ts";
import { type NamespaceInput, namespacesFor } from "./namespaces.ts";
import { resourcesFor } from "./resources.ts";
import { seccompFor } from "./seccomp.ts";
import { parseSecurityOptions } from "./security.ts";
import { resolveUser } from "./user.ts";

export interface SpecInput {
  record: ContainerRecord;
  /** Where the root filesystem is mounted on the host. */
  rootfs: string;
  network: NamespaceInput["network"];
  pidPath?: string;
  ipcPath?: string;
  /** The user's mounts and the engine's own files, resolved: every source exists. */
  mounts: Mount[];
  shmPath?: string;
  /** Variables that links set; the container's own ones overrule them. */
  linkEnvironment?: readonly string[];
  /** Of the container's own group, such as `/slipway/ID/container`. */
  cgroupPath: string;
  host: HostFacts;
  config: EngineConfig;
}

/** Docker's masked and read-only paths, used unless the request names its own. */
export const defaultMaskedPaths = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];
export const defaultReadonlyPaths = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
];

/** The OCI runtime configuration of a container: everything Docker's words mean, in the runtime's. */
export function buildSpec(input: SpecInput): Spec {
  const { record, host, config } = input;
  const { hostConfig } = record;
  const security = parseSecurityOptions(hostConfig.SecurityOpt ?? []);
  const privileged = hostConfig.Privileged ?? false;
  const devices = devicesFor(hostConfig);
  const mounts = [...input.mounts];
  const process = processFor(input);
  if (wantsInit(record, config)) {
    const source = findInit(config.initPath);
    mounts.push({ destination: initDestination, type: "bind", source, options: ["bind", "ro"] });
    process.args = [initDestination, "--", ...(process.args ?? [])];
  }
  const unmasked = privileged || security.systempathsUnconfined;
  const seccomp =
    privileged && security.seccomp === undefined
      ? undefined
      : seccompFor(security.seccomp, process.capabilities?.bounding ?? []);
  return {
    ociVersion: "1.0.2",
    ...(hostConfig.UTSMode === "host" ? {} : hostnames(record)),
    root: { path: input.rootfs, readonly: hostConfig.ReadonlyRootfs ?? false },
    process,
    mounts: mountsFor({
      hostConfig,
      mounts,
      ...(input.shmPath === undefined ? {} : { shmPath: input.shmPath }),
      writableCgroups: security.writableCgroups ?? privileged,
    }),
    ...annotationsOf(record),
    linux: {
      namespaces: namespacesFor({
        hostConfig,
        network: input.network,
        ...(input.pidPath === undefined ? {} : { pidPath: input.pidPath }),
        ...(input.ipcPath === undefined ? {} : { ipcPath: input.ipcPath }),
      }),
      cgroupsPath: input.cgroupPath,
      devices: devices.devices,
      resources: { ...limitsOf(hostConfig), devices: devices.rules },
      sysctl: sysctls(input, host),
      maskedPaths: unmasked ? [] : (hostConfig.MaskedPaths ?? defaultMaskedPaths),
      readonlyPaths: unmasked ? [] : (hostConfig.ReadonlyPaths ?? defaultReadonlyPaths),
      rootfsPropagation: propagation(input.mounts),
      ...(seccomp === undefined || !host.seccomp ? {} : { seccomp }),
    },
  };
}

/** A new group has no limit of processes: crun hands the number for none to the kernel, which refuses it. */
function limitsOf(hostConfig: HostConfig): LinuxResources {
  const { pids, ...resources } = resourcesFor(hostConfig);
  return pids !== undefined && pids.limit > 0 ? { ...resources, pids } : resources;
}

function processFor({ record, rootfs, host, config, linkEnvironment = [] }: SpecInput): Process {
  const { config: container, hostConfig } = record;
  const user = resolveUser(rootfs, container.User ?? "", hostConfig.GroupAdd ?? []);
  const capabilities = capabilitiesFor(
    {
      add: hostConfig.CapAdd ?? [],
      drop: hostConfig.CapDrop ?? [],
      privileged: hostConfig.Privileged ?? false,
    },
    host.capabilities,
  );
  const isRoot = user.uid === 0;
  const size = consoleSize(hostConfig.ConsoleSize);
  return {
    terminal: container.Tty ?? false,
    ...(size === undefined ? {} : { consoleSize: size }),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: [record.path, ...record.args],
    env: withHome(
      environment({
        hostname: container.Hostname ?? "",
        tty: container.Tty ?? false,
        env: [...linkEnvironment, ...(container.Env ?? [])],
      }),
      user.home,
    ),
    cwd: container.WorkingDir || "/",
    capabilities: {
      bounding: capabilities,
      // A process that is not root starts with none and gains them by file capabilities, within the bounding set.
      effective: isRoot ? capabilities : [],
      permitted: isRoot ? capabilities : [],
    },
    rlimits: rlimits(record, host, config),
    noNewPrivileges: parseSecurityOptions(hostConfig.SecurityOpt ?? []).noNewPrivileges,
    oomScoreAdj: hostConfig.OomScoreAdj ?? 0,
  };
}

/** HOME is the account's unless it was set: what runc adds by itself, and crun does not. */
export function withHome(env: string[], home: string): string[] {
  return env.some((entry) => entry.startsWith("HOME=")) ? env : [...env, `HOME=${home}`];
}

/** Docker's order is height, width. */
export function consoleSize(
  size: readonly number[] | null | undefined,
): { height: number; width: number } | undefined {
  const [height = 0, width = 0] = size ?? [];
  return height > 0 && width > 0 ? { height, width } : undefined;
}

/** Limits above the engine's own hard limit cannot be given without CAP_SYS_RESOURCE: they are lowered to it. */
function rlimits(record: ContainerRecord, host: HostFacts, config: EngineConfig): POSIXRlimit[] {
  const asked = new Map(config.ulimits.map((limit) => [limit.Name, limit]));
  for (const limit of record.hostConfig.Ulimits ?? []) asked.set(limit.Name, limit);
  const mayRaise = host.capabilities.includes("CAP_SYS_RESOURCE");
  return [...asked.values()].map(({ Name, Soft, Hard }) => {
    const ceiling = host.rlimits[Name]?.hard ?? -1;
    const clamp = (value: number) =>
      mayRaise || ceiling < 0 || (value >= 0 && value <= ceiling) ? value : ceiling;
    return {
      type: `RLIMIT_${Name.toUpperCase()}`,
      soft: unlimited(clamp(Soft)),
      hard: unlimited(clamp(Hard)),
    };
  });
}

/** RLIM_INFINITY does not fit a double exactly; the runtime takes the nearest, which rounds up to 2^64. */
const unlimited = (value: number) => (value < 0 ? Number.MAX_SAFE_INTEGER : value);

function wantsInit(record: ContainerRecord, config: EngineConfig): boolean {
  const { Init, PidMode } = record.hostConfig;
  return (PidMode ?? "") === "" && (Init ?? config.init);
}

function hostnames({ config }: ContainerRecord): { hostname: string; domainname?: string } {
  const hostname = config.Hostname ?? "";
  return config.Domainname ? { hostname, domainname: config.Domainname } : { hostname };
}

function annotationsOf({ hostConfig }: ContainerRecord): { annotations?: Record<string, string> } {
  const { Annotations } = hostConfig;
  return Annotations && Object.keys(Annotations).length > 0 ? { annotations: Annotations } : {};
}

function sysctls({ record, network }: SpecInput, host: HostFacts): Record<string, string> {
  const own: Record<string, string> = {};
  const joined = record.hostConfig.NetworkMode?.startsWith("container:") ?? false;
  if (network !== "host" && !joined) {
    own["net.ipv4.ip_unprivileged_port_start"] = "0";
    if (host.userNamespaces) own["net.ipv4.ping_group_range"] = "0 2147483647";
  }
  return { ...own, ...record.hostConfig.Sysctls };
}

/** A shared mount inside needs a root that passes events on; a slave mount one that receives them. */
function propagation(mounts: readonly Mount[]): "shared" | "rslave" | "rprivate" {
  const has = (name: string) => mounts.some((mount) => mount.options?.includes(name));
  if (has("shared") || has("rshared")) return "shared";
  if (has("slave") || has("rslave")) return "rslave";
  return "rprivate";
}
