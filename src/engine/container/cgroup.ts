import { leafName } from "../../os/cgroup/index.ts";
import type { EngineContext } from "../context.ts";
import type { ContainerRecord } from "./record.ts";

/** The container's own group, as a path from the hierarchy's root; the runtime's is the leaf in it. */
export function cgroupOf({ config }: Pick<EngineContext, "config">, record: ContainerRecord): string {
  const parent = (record.hostConfig.CgroupParent || config.cgroupParent).replace(/^\/+|\/+$/g, "");
  return `/${parent}/${record.id}`;
}

export function cgroupLeaf(engine: Pick<EngineContext, "config">, record: ContainerRecord): string {
  return `${cgroupOf(engine, record)}/${leafName}`;
}
