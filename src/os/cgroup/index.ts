import { existsSync } from "node:fs";
import type { CgroupManager } from "./manager.ts";
import { CgroupV1 } from "./v1.ts";
import { CgroupV2 } from "./v2.ts";

export type {
  BlkioEntry,
  CgroupManager,
  CgroupResources,
  CgroupStats,
  CgroupUsage,
  OomWatch,
} from "./manager.ts";
export { leafName } from "./manager.ts";

/** The manager for what is mounted at `root`. A hybrid host is version 1: the controllers are there. */
export function detectCgroups(root = "/sys/fs/cgroup"): CgroupManager {
  return existsSync(`${root}/cgroup.controllers`) ? new CgroupV2(root) : new CgroupV1(root);
}
