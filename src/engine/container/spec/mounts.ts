import type { HostConfig } from "../../../api/index.ts";
import type { Mount } from "../../../oci/spec.ts";

const defaults: readonly Mount[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
  {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["ro", "nosuid", "noexec", "nodev"],
  },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: ["nosuid", "noexec", "nodev", "mode=1777"],
  },
];

/** What the kernel mounts that are its own stay writable for, even with `--read-only`. */
const neverReadOnly = new Set(["/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"]);

export interface MountInput {
  hostConfig: HostConfig;
  /** Volumes, binds and tmpfs of the user, then the engine's own files; sources exist. */
  mounts: readonly Mount[];
  /** Host directory that stands for /dev/shm, where it is shared between containers. */
  shmPath?: string;
  writableCgroups: boolean;
}

/** All mounts in the order in which the runtime makes them: parents before what lies inside them. */
export function mountsFor(input: MountInput): Mount[] {
  const { hostConfig, mounts } = input;
  const taken = new Set(mounts.map((mount) => mount.destination));
  const standard = defaults
    .filter((mount) => !taken.has(mount.destination))
    .filter((mount) => !(taken.has("/dev") && mount.destination.startsWith("/dev/")))
    .filter((mount) => !(mount.destination === "/dev/shm" && hostConfig.IpcMode === "none"))
    .map((mount) => adapt(mount, input));
  return [...standard, ...[...mounts].sort((a, b) => depth(a.destination) - depth(b.destination))];
}

function adapt(mount: Mount, { hostConfig, shmPath, writableCgroups }: MountInput): Mount {
  let options = mount.options ?? [];
  if (mount.destination === "/dev/shm") {
    if (shmPath !== undefined)
      return { ...mount, type: "bind", source: shmPath, options: ["rbind", "rprivate"] };
    options = [...options, `size=${hostConfig.ShmSize}`];
  }
  const writable =
    (mount.destination === "/sys" && hostConfig.Privileged) || (mount.type === "cgroup" && writableCgroups);
  if (writable) options = options.filter((option) => option !== "ro");
  else if (hostConfig.ReadonlyRootfs && !neverReadOnly.has(mount.destination) && !options.includes("ro")) {
    options = [...options, "ro"];
  }
  return { ...mount, options };
}

const depth = (path: string) => path.split("/").filter((part) => part !== "").length;
