import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { type CgroupFacts, cgroupLayout } from "./cgroups.ts";

/** What this host can do, read once at the engine's start: what a request asks for is checked against it. */
export interface HostFacts {
  kernel: string;
  cpuCount: number;
  /** As in `0-3`. */
  cpusOnline: string;
  memoryNodes: string;
  memoryTotal: number;
  cgroup: CgroupFacts;
  seccomp: boolean;
  apparmor: boolean;
  selinux: boolean;
  userNamespaces: boolean;
  timeNamespaces: boolean;
  ipv4Forwarding: boolean;
  /** Capability names that the engine's bounding set has: what `--privileged` gives. */
  capabilities: string[];
  /** Hard limit of open files that the engine itself has; without CAP_SYS_RESOURCE nothing can exceed it. */
  rlimits: Record<string, { soft: number; hard: number }>;
}

const text = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
};

/** Linux's capabilities by bit number (capability.h of Linux 6.12). */
const capabilityNames = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN " +
  "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
)
  .split(" ")
  .map((name) => `CAP_${name}`);

function boundingCapabilities(): string[] {
  const match = /^CapBnd:\s*([0-9a-f]+)$/m.exec(text("/proc/self/status") ?? "");
  const mask = BigInt(`0x${match?.[1] ?? "0"}`);
  return capabilityNames.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

/** /proc/self/limits' rows by the name that `--ulimit` has for them. */
const limitRows: Record<string, string> = {
  core: "Max core file size",
  cpu: "Max cpu time",
  data: "Max data size",
  fsize: "Max file size",
  locks: "Max file locks",
  memlock: "Max locked memory",
  msgqueue: "Max msgqueue size",
  nice: "Max nice priority",
  nofile: "Max open files",
  nproc: "Max processes",
  rss: "Max resident set",
  rtprio: "Max realtime priority",
  rttime: "Max realtime timeout",
  sigpending: "Max pending signals",
  stack: "Max stack size",
};

function ownLimits(): HostFacts["rlimits"] {
  const table = text("/proc/self/limits") ?? "";
  const value = (word: string | undefined) => (word === "unlimited" ? -1 : Number(word));
  const result: HostFacts["rlimits"] = {};
  for (const [name, row] of Object.entries(limitRows)) {
    const line = table.split("\n").find((candidate) => candidate.startsWith(`${row} `));
    const [soft, hard] = line?.slice(row.length).trim().split(/\s+/) ?? [];
    if (line !== undefined) result[name] = { soft: value(soft), hard: value(hard) };
  }
  return result;
}

/** Reads /proc and /sys; takes about a millisecond. */
export function readHostFacts(): HostFacts {
  return {
    kernel: release(),
    cpuCount: cpus().length,
    cpusOnline: text("/sys/devices/system/cpu/online") ?? `0-${cpus().length - 1}`,
    memoryNodes: text("/sys/devices/system/node/online") ?? "0",
    memoryTotal: totalmem(),
    cgroup: cgroupLayout(),
    seccomp: existsSync("/proc/sys/kernel/seccomp"),
    apparmor: text("/sys/module/apparmor/parameters/enabled") === "Y",
    selinux: existsSync("/sys/fs/selinux/enforce"),
    userNamespaces: existsSync("/proc/self/ns/user"),
    timeNamespaces: existsSync("/proc/self/ns/time"),
    ipv4Forwarding: text("/proc/sys/net/ipv4/ip_forward") === "1",
    capabilities: boundingCapabilities(),
    rlimits: ownLimits(),
  };
}
