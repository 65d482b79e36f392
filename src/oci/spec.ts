/**
 * The `config.json` of an OCI bundle, as far as Linux containers use it (OCI runtime specification 1.2,
 * config.md and config-linux.md). Names of types follow the specification's Go package, names of members
 * are those of the JSON document.
 */
export interface Spec {
  /** Version of the specification that the document follows, such as `1.0.2`. */
  ociVersion: string;
  process?: Process;
  root?: Root;
  hostname?: string;
  domainname?: string;
  /** Made in the order given. */
  mounts?: Mount[];
  hooks?: Hooks;
  annotations?: Record<string, string>;
  linux?: Linux;
}

/** The container's first process, or what `exec` adds to a running container. */
export interface Process {
  /** A pseudo-terminal becomes the process's standard streams. */
  terminal?: boolean;
  consoleSize?: { height: number; width: number };
  user: User;
  args?: string[];
  /** `NAME=value`. */
  env?: string[];
  /** Absolute. */
  cwd: string;
  capabilities?: LinuxCapabilities;
  rlimits?: POSIXRlimit[];
  noNewPrivileges?: boolean;
  apparmorProfile?: string;
  /** Linux OOM score adjustment, -1000 to 1000. */
  oomScoreAdj?: number;
  scheduler?: Scheduler;
  selinuxLabel?: string;
  ioPriority?: LinuxIOPriority;
  execCPUAffinity?: { initial?: string; final?: string };
}

export interface User {
  uid: number;
  gid: number;
  umask?: number;
  additionalGids?: number[];
}

/** Names with the `CAP_` prefix. */
export interface LinuxCapabilities {
  bounding?: string[];
  effective?: string[];
  inheritable?: string[];
  permitted?: string[];
  ambient?: string[];
}

export interface POSIXRlimit {
  /** `RLIMIT_NOFILE` and so on. */
  type: string;
  hard: number;
  soft: number;
}

export interface Scheduler {
  policy: string;
  nice?: number;
  priority?: number;
  flags?: string[];
  /** Nanoseconds. */
  runtime?: number;
  deadline?: number;
  period?: number;
}

export interface LinuxIOPriority {
  class: "IOPRIO_CLASS_RT" | "IOPRIO_CLASS_BE" | "IOPRIO_CLASS_IDLE";
  priority: number;
}

export interface Root {
  /** Absolute, or relative to the bundle. */
  path: string;
  readonly?: boolean;
}

export interface Mount {
  /** Absolute path in the container. */
  destination: string;
  /** File system type; `bind` for bind mounts. */
  type?: string;
  source?: string;
  /** As of mount(8), the propagation modes included. */
  options?: string[];
  /** For idmapped mounts: both or none. */
  uidMappings?: LinuxIDMapping[];
  gidMappings?: LinuxIDMapping[];
}

export interface Hook {
  /** Absolute path on the host. */
  path: string;
  /** With argv[0]. */
  args?: string[];
  env?: string[];
  /** Seconds. */
  timeout?: number;
}

export interface Hooks {
  /** Deprecated by the specification in favour of the three that follow. */
  prestart?: Hook[];
  createRuntime?: Hook[];
  createContainer?: Hook[];
  startContainer?: Hook[];
  poststart?: Hook[];
  poststop?: Hook[];
}

export interface Linux {
  uidMappings?: LinuxIDMapping[];
  gidMappings?: LinuxIDMapping[];
  /** By name with dots, such as `net.ipv4.ip_forward`. */
  sysctl?: Record<string, string>;
  resources?: LinuxResources;
  /** Absolute: from the root of the hierarchy, with the cgroupfs manager. */
  cgroupsPath?: string;
  namespaces?: LinuxNamespace[];
  /** Device nodes made in the container besides the default ones. */
  devices?: LinuxDevice[];
  netDevices?: Record<string, { name?: string }>;
  seccomp?: LinuxSeccomp;
  /** `shared`, `slave`, `private` or `unbindable`, with an `r` in front for the whole tree. */
  rootfsPropagation?: string;
  maskedPaths?: string[];
  readonlyPaths?: string[];
  mountLabel?: string;
  intelRdt?: LinuxIntelRdt;
  personality?: { domain: "LINUX" | "LINUX32"; flags?: string[] };
  timeOffsets?: Record<"monotonic" | "boottime", { secs?: number; nanosecs?: number }>;
}

export interface LinuxIDMapping {
  containerID: number;
  hostID: number;
  size: number;
}

export type LinuxNamespaceType = "pid" | "network" | "mount" | "ipc" | "uts" | "user" | "cgroup" | "time";

/** A namespace that is not listed is inherited from the runtime. */
export interface LinuxNamespace {
  type: LinuxNamespaceType;
  /** Joined when given, otherwise a new one is made. */
  path?: string;
}

export interface LinuxDevice {
  /** Absolute path in the container. */
  path: string;
  /** Character, unbuffered character, block, FIFO. */
  type: "c" | "u" | "b" | "p";
  major?: number;
  minor?: number;
  fileMode?: number;
  uid?: number;
  gid?: number;
}

export interface LinuxIntelRdt {
  closID?: string;
  l3CacheSchema?: string;
  memBwSchema?: string;
  enableCMT?: boolean;
  enableMBM?: boolean;
}

export interface LinuxResources {
  /** In order; the last rule that matches decides. */
  devices?: LinuxDeviceCgroup[];
  memory?: LinuxMemory;
  cpu?: LinuxCPU;
  pids?: LinuxPids;
  blockIO?: LinuxBlockIO;
  hugepageLimits?: LinuxHugepageLimit[];
  network?: LinuxNetwork;
  rdma?: Record<string, { hcaHandles?: number; hcaObjects?: number }>;
  /** cgroup v2 files by name, written as they are. */
  unified?: Record<string, string>;
}

export interface LinuxDeviceCgroup {
  allow: boolean;
  type?: "a" | "b" | "c";
  /** Absent: all. */
  major?: number;
  minor?: number;
  /** Out of `rwm`. */
  access?: string;
}

/** Bytes; -1 is no limit. */
export interface LinuxMemory {
  limit?: number;
  reservation?: number;
  /** Memory and swap together. */
  swap?: number;
  kernel?: number;
  kernelTCP?: number;
  /** 0 to 100. */
  swappiness?: number;
  disableOOMKiller?: boolean;
  useHierarchy?: boolean;
  checkBeforeUpdate?: boolean;
}

export interface LinuxCPU {
  /** Relative weight as in cgroup v1, 2 to 262144. */
  shares?: number;
  /** Microseconds in each period; -1 is no limit. */
  quota?: number;
  burst?: number;
  /** Microseconds. */
  period?: number;
  realtimeRuntime?: number;
  realtimePeriod?: number;
  /** Lists such as `0-2,7`. */
  cpus?: string;
  mems?: string;
  /** 1: scheduled only when nothing else runs. */
  idle?: number;
}

export interface LinuxPids {
  /** -1 is no limit. */
  limit: number;
}

export interface LinuxBlockIO {
  /** 10 to 1000. */
  weight?: number;
  leafWeight?: number;
  weightDevice?: LinuxWeightDevice[];
  /** Bytes each second. */
  throttleReadBpsDevice?: LinuxThrottleDevice[];
  throttleWriteBpsDevice?: LinuxThrottleDevice[];
  /** Operations each second. */
  throttleReadIOPSDevice?: LinuxThrottleDevice[];
  throttleWriteIOPSDevice?: LinuxThrottleDevice[];
}

export interface LinuxWeightDevice {
  major: number;
  minor: number;
  weight?: number;
  leafWeight?: number;
}

export interface LinuxThrottleDevice {
  major: number;
  minor: number;
  rate: number;
}

export interface LinuxHugepageLimit {
  /** Such as `2MB`. */
  pageSize: string;
  limit: number;
}

export interface LinuxNetwork {
  classID?: number;
  priorities?: { name: string; priority: number }[];
}

export interface LinuxSeccomp {
  /** For every call that no rule names, such as `SCMP_ACT_ERRNO`. */
  defaultAction: string;
  defaultErrnoRet?: number;
  /** `SCMP_ARCH_X86_64` and so on. */
  architectures?: string[];
  flags?: string[];
  listenerPath?: string;
  listenerMetadata?: string;
  syscalls?: LinuxSyscall[];
}

export interface LinuxSyscall {
  names: string[];
  action: string;
  errnoRet?: number;
  /** All must hold. */
  args?: LinuxSeccompArg[];
}

export interface LinuxSeccompArg {
  /** Which argument of the call, from 0. */
  index: number;
  value: number;
  /** The second operand of `SCMP_CMP_MASKED_EQ`. */
  valueTwo?: number;
  /** `SCMP_CMP_EQ` and so on. */
  op: string;
}
