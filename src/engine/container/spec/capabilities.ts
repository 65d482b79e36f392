import { invalid } from "../../../errors/index.ts";

/** What a container has without being asked: Docker's set. */
const defaults = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

const known = (
  "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH " +
  "FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE " +
  "NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE " +
  "SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM"
)
  .split(" ")
  .map((name) => `CAP_${name}`);

/** `net_admin`, `CAP_NET_ADMIN` and `NET_ADMIN` are one name; `ALL` stays as it is. */
export function normaliseCapability(name: string): string {
  const upper = name.toUpperCase();
  if (upper === "ALL") return upper;
  const full = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  if (!known.includes(full)) throw invalid(`unknown capability: "${name}"`);
  return full;
}

export interface CapabilityRequest {
  add: readonly string[];
  drop: readonly string[];
  privileged: boolean;
}

/**
 * The capabilities of a container. Those the host's bounding set lacks cannot be given: `--privileged` and
 * `ALL` mean all that there are here; one asked for by its name and missing here is an error of the runtime.
 */
export function capabilitiesFor(request: CapabilityRequest, bounding: readonly string[]): string[] {
  if (request.privileged) return [...bounding];
  const add = request.add.map(normaliseCapability);
  const drop = request.drop.map(normaliseCapability);
  const base = drop.includes("ALL") ? [] : add.includes("ALL") ? bounding : defaults;
  const kept = base.filter((name) => bounding.includes(name) && !drop.includes(name));
  const named = add.filter((name) => name !== "ALL" && !kept.includes(name));
  return [...kept, ...named];
}
