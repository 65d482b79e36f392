import type { ContainerConfig, HostConfig } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";

/** Namespace modes and what excludes each other among them, with Docker's words. */
export function validateModes(hostConfig: HostConfig, config: ContainerConfig): void {
  one("IPC mode", hostConfig.IpcMode, ["", "none", "private", "shareable", "host"]);
  one("PID mode", hostConfig.PidMode, ["", "host"]);
  if (!["", "host"].includes(hostConfig.UTSMode ?? ""))
    throw invalid(`invalid UTS mode: ${hostConfig.UTSMode}`);
  if (!["", "host"].includes(hostConfig.UsernsMode ?? "")) {
    throw invalid(`invalid user namespace mode: ${hostConfig.UsernsMode}`);
  }
  if (!["", "private", "host"].includes(hostConfig.CgroupnsMode ?? "")) {
    throw invalid(`invalid cgroup namespace mode: ${hostConfig.CgroupnsMode}`);
  }
  if (!["", "default"].includes(hostConfig.Isolation ?? "")) {
    throw invalid(`invalid isolation '${hostConfig.Isolation}' on linux`);
  }
  const score = hostConfig.OomScoreAdj ?? 0;
  if (score < -1000 || score > 1000) {
    throw invalid(`Invalid value ${score}, range for oom score adj is [-1000, 1000]`);
  }
  if ((hostConfig.ShmSize ?? 0) < 0) throw invalid("SHM size can not be less than 0");
  if (hostConfig.NetworkMode?.startsWith("container:")) sharedNetwork(hostConfig, config);
  if (hostConfig.UTSMode === "host" && config.Hostname) {
    throw invalid("conflicting options: hostname and the UTS mode");
  }
}

function one(what: string, value: string | undefined, allowed: string[]): void {
  const mode = value ?? "";
  if (/^container:.+/.test(mode) || allowed.includes(mode)) return;
  throw invalid(`invalid ${what}: ${mode}`);
}

/** A container that lives in another's network has none of its own to configure. */
function sharedNetwork(hostConfig: HostConfig, config: ContainerConfig): void {
  if (config.Hostname) throw invalid("conflicting options: hostname and the network mode");
  if (hostConfig.Links?.length) {
    throw invalid(
      "conflicting options: container type network can't be used with links. This would result in undefined behavior",
    );
  }
  if (hostConfig.Dns?.length) throw invalid("conflicting options: dns and the network mode");
  if (hostConfig.ExtraHosts?.length)
    throw invalid("conflicting options: custom host-to-IP mapping and the network mode");
  if (Object.keys(hostConfig.PortBindings ?? {}).length > 0 || hostConfig.PublishAllPorts) {
    throw invalid("conflicting options: port publishing and the container type network mode");
  }
  if (Object.keys(config.ExposedPorts ?? {}).length > 0) {
    throw invalid("conflicting options: port exposing and the container type network mode");
  }
}
