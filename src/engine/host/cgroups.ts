import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Which limits the host's control groups offer. */
export interface CgroupFacts {
  version: 1 | 2;
  memory: boolean;
  swap: boolean;
  swappiness: boolean;
  oomKillDisable: boolean;
  cpuShares: boolean;
  cfs: boolean;
  realtime: boolean;
  cpuset: boolean;
  pids: boolean;
  blkioWeight: boolean;
  blkioThrottle: boolean;
  namespaces: boolean;
}

const root = "/sys/fs/cgroup";

/** Which limits this host's cgroups offer. Version 1 is asked at each hierarchy's root, version 2 by its controllers. */
export function cgroupLayout(): CgroupFacts {
  const namespaces = existsSync("/proc/self/ns/cgroup");
  return existsSync(`${root}/cgroup.controllers`) ? unified(namespaces) : legacy(namespaces);
}

function unified(namespaces: boolean): CgroupFacts {
  const controllers = readFileSync(`${root}/cgroup.controllers`, "utf8").trim().split(" ");
  const has = (name: string) => controllers.includes(name);
  return {
    version: 2,
    memory: has("memory"),
    swap: has("memory") && swapIsCounted(),
    swappiness: false,
    oomKillDisable: false,
    cpuShares: has("cpu"),
    cfs: has("cpu"),
    realtime: false,
    cpuset: has("cpuset"),
    pids: has("pids"),
    blkioWeight: has("io"),
    blkioThrottle: has("io"),
    namespaces,
  };
}

/** The root group has no memory.swap.max: some child group must be asked. */
function swapIsCounted(): boolean {
  const children = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const asked = children.find((entry) => existsSync(`${root}/${entry.name}/memory.max`));
  return asked === undefined || existsSync(`${root}/${asked.name}/memory.swap.max`);
}

function legacy(namespaces: boolean): CgroupFacts {
  const has = (file: string) => existsSync(`${root}/${file}`);
  return {
    version: 1,
    memory: has("memory/memory.limit_in_bytes"),
    swap: has("memory/memory.memsw.limit_in_bytes"),
    swappiness: has("memory/memory.swappiness"),
    oomKillDisable: has("memory/memory.oom_control"),
    cpuShares: has("cpu/cpu.shares"),
    cfs: has("cpu/cpu.cfs_quota_us"),
    realtime: has("cpu/cpu.rt_runtime_us"),
    cpuset: has("cpuset/cpuset.cpus"),
    pids: has("pids"),
    blkioWeight: has("blkio/blkio.weight") || has("blkio/blkio.bfq.weight"),
    blkioThrottle: has("blkio/blkio.throttle.read_bps_device"),
    namespaces,
  };
}
