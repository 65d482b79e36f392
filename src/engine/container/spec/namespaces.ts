import type { HostConfig } from "../../../api/index.ts";
import type { LinuxNamespace } from "../../../oci/spec.ts";

export interface NamespaceInput {
  hostConfig: HostConfig;
  /** A sandbox's or another container's namespace by path; `new` has nothing but a loopback. */
  network: "host" | "new" | { path: string };
  /** Paths of another container's namespaces, for `container:ID`. */
  pidPath?: string;
  ipcPath?: string;
}

/** The namespaces of a container; one that is not named is shared with the host. */
export function namespacesFor(input: NamespaceInput): LinuxNamespace[] {
  const { hostConfig, network } = input;
  const result: LinuxNamespace[] = [{ type: "mount" }];
  if (network !== "host")
    result.push(typeof network === "string" ? { type: "network" } : { type: "network", ...network });
  if (hostConfig.UTSMode !== "host") result.push({ type: "uts" });
  if (input.pidPath !== undefined) result.push({ type: "pid", path: input.pidPath });
  else if (hostConfig.PidMode !== "host") result.push({ type: "pid" });
  if (input.ipcPath !== undefined) result.push({ type: "ipc", path: input.ipcPath });
  else if (hostConfig.IpcMode !== "host") result.push({ type: "ipc" });
  if (hostConfig.CgroupnsMode === "private") result.push({ type: "cgroup" });
  return result;
}
