import { readFileSync } from "node:fs";
import { arch, release } from "node:os";
import { invalid } from "../../../errors/index.ts";
import type { LinuxSeccomp, LinuxSyscall } from "../../../oci/spec.ts";
import { alwaysAllowed } from "./syscalls.ts";

type Arg = NonNullable<LinuxSyscall["args"]>[number];

/** Calls that are allowed with one of these capabilities, as in Docker's default profile. */
const byCapability: Record<string, string> = {
  CAP_BPF: "bpf",
  CAP_DAC_READ_SEARCH: "open_by_handle_at",
  CAP_PERFMON: "perf_event_open",
  CAP_SYSLOG: "syslog",
  CAP_SYS_ADMIN:
    "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr " +
    "lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl " +
    "quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare",
  CAP_SYS_BOOT: "reboot",
  CAP_SYS_CHROOT: "chroot",
  CAP_SYS_MODULE: "delete_module init_module finit_module",
  CAP_SYS_NICE: "get_mempolicy mbind set_mempolicy set_mempolicy_home_node",
  CAP_SYS_PACCT: "acct",
  CAP_SYS_PTRACE: "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace",
  CAP_SYS_RAWIO: "iopl ioperm",
  CAP_SYS_TIME: "settimeofday stime clock_settime clock_settime64",
  CAP_SYS_TTY_CONFIG: "vhangup",
};

const byArchitecture: Record<string, string> = {
  arm64: "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls",
  x64: "arch_prctl modify_ldt",
  s390x: "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr",
  riscv64: "riscv_flush_icache",
};

const architectures: Record<string, string[]> = {
  x64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  arm64: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
  s390x: ["SCMP_ARCH_S390X", "SCMP_ARCH_S390"],
  riscv64: ["SCMP_ARCH_RISCV64"],
};

/** CLONE_NEWNS|NEWUTS|NEWIPC|NEWUSER|NEWPID|NEWNET|NEWCGROUP: new namespaces need CAP_SYS_ADMIN. */
const namespaceFlags = 0x7e020000;
const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];
const AF_ALG = 38;
const AF_VSOCK = 40;

const allow = (names: string[], args?: Arg[]): LinuxSyscall =>
  args === undefined ? { names, action: "SCMP_ACT_ALLOW" } : { names, action: "SCMP_ACT_ALLOW", args };

/**
 * The default profile for a container with these capabilities, equal in effect to Docker's: everything that is
 * not listed fails with EPERM; clone3, whose flags a filter cannot see, with ENOSYS so that libc falls back.
 */
export function defaultSeccomp(capabilities: readonly string[]): LinuxSeccomp {
  const cpu = arch();
  const syscalls: LinuxSyscall[] = [
    allow([...alwaysAllowed]),
    allow(["process_vm_readv", "process_vm_writev", "ptrace"]),
    // One rule for each interval: libseccomp joins the conditions of one rule by "and".
    allow(["socket"], [{ index: 0, value: AF_ALG, op: "SCMP_CMP_LT" }]),
    allow(["socket"], [{ index: 0, value: AF_ALG + 1, op: "SCMP_CMP_EQ" }]),
    allow(["socket"], [{ index: 0, value: AF_VSOCK, op: "SCMP_CMP_GT" }]),
    ...personalities.map((value) => allow(["personality"], [{ index: 0, value, op: "SCMP_CMP_EQ" }])),
  ];
  const forArchitecture = byArchitecture[cpu];
  if (forArchitecture !== undefined) syscalls.push(allow(forArchitecture.split(" ")));
  for (const [capability, names] of Object.entries(byCapability)) {
    if (capabilities.includes(capability)) syscalls.push(allow(names.split(" ")));
  }
  if (!capabilities.includes("CAP_SYS_ADMIN")) {
    const flagsIndex = cpu === "s390x" ? 1 : 0;
    syscalls.push(
      allow(["clone"], [{ index: flagsIndex, value: namespaceFlags, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }]),
      { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38 },
    );
  }
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 1,
    architectures: architectures[cpu] ?? [],
    syscalls,
  };
}

interface ProfileRule extends Omit<LinuxSyscall, "names"> {
  name?: string;
  names?: string[];
  includes?: ProfileFilter;
  excludes?: ProfileFilter;
}

interface ProfileFilter {
  caps?: string[];
  arches?: string[];
  minKernel?: string;
}

interface ProfileFile extends Omit<LinuxSeccomp, "syscalls"> {
  archMap?: { architecture: string; subArchitectures?: string[] | null }[] | null;
  syscalls?: ProfileRule[] | null;
}

const goArchitectures: Record<string, string[]> = {
  x64: ["amd64"],
  arm64: ["arm64"],
  s390x: ["s390x"],
  riscv64: ["riscv64"],
};

function kernelAtLeast(wanted: string): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function applies(rule: ProfileRule, capabilities: readonly string[]): boolean {
  const own = goArchitectures[arch()] ?? [];
  const { includes = {}, excludes = {} } = rule;
  if (includes.arches?.length && !includes.arches.some((name) => own.includes(name))) return false;
  if (includes.caps?.length && !includes.caps.every((name) => capabilities.includes(name))) return false;
  if (includes.minKernel !== undefined && !kernelAtLeast(includes.minKernel)) return false;
  if (excludes.arches?.some((name) => own.includes(name))) return false;
  if (excludes.caps?.some((name) => capabilities.includes(name))) return false;
  return excludes.minKernel === undefined || !kernelAtLeast(excludes.minKernel);
}

/** A profile in the form of `--security-opt seccomp=FILE` (Docker's, with includes and excludes), resolved for here. */
export function customSeccomp(json: string, capabilities: readonly string[]): LinuxSeccomp {
  let profile: ProfileFile;
  try {
    profile = JSON.parse(json) as ProfileFile;
  } catch (cause) {
    throw invalid("Decoding seccomp profile failed: the profile is not valid JSON", { cause });
  }
  if (typeof profile.defaultAction !== "string") {
    throw invalid("Decoding seccomp profile failed: it names no defaultAction");
  }
  const { archMap, syscalls, ...rest } = profile;
  const own = archMap?.find((entry) => entry.architecture === architectures[arch()]?.[0]);
  return {
    ...rest,
    ...(own === undefined ? {} : { architectures: [own.architecture, ...(own.subArchitectures ?? [])] }),
    syscalls: (syscalls ?? [])
      .filter((rule) => applies(rule, capabilities))
      .map(({ name, names, includes: _includes, excludes: _excludes, ...rule }) => ({
        ...rule,
        names: names ?? (name === undefined ? [] : [name]),
      })),
  };
}

/** `seccomp=VALUE` of `--security-opt`, as the API carries it: `unconfined`, `builtin`, or the profile itself. */
export function seccompFor(
  option: string | undefined,
  capabilities: readonly string[],
): LinuxSeccomp | undefined {
  if (option === "unconfined") return undefined;
  if (option === undefined || option === "" || option === "builtin") return defaultSeccomp(capabilities);
  const json = option.startsWith("/") ? readProfile(option) : option;
  return customSeccomp(json, capabilities);
}

function readProfile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw invalid(`opening seccomp profile (${path}) failed`, { cause });
  }
}
