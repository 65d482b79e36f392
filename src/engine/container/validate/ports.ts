import type { ContainerConfig, HostConfig } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";

/** Container ports are `80/tcp`; host ports are a number, a range, or empty for a free one. */
export function validatePorts(config: ContainerConfig, hostConfig: HostConfig): void {
  const ports = [...Object.keys(config.ExposedPorts ?? {}), ...Object.keys(hostConfig.PortBindings ?? {})];
  for (const port of ports) {
    const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(port);
    if (match === null || !inRange(match[1]) || !inRange(match[2]))
      throw invalid(`invalid port specification: "${port}"`);
  }
  for (const bindings of Object.values(hostConfig.PortBindings ?? {})) {
    for (const binding of bindings ?? []) {
      const match = /^(?:(\d+)(?:-(\d+))?)?$/.exec(binding.HostPort ?? "");
      if (match === null || !inRange(match[1], 0) || !inRange(match[2])) {
        throw invalid(`invalid port specification: "${binding.HostPort}"`);
      }
    }
  }
}

const inRange = (text: string | undefined, least = 1) =>
  text === undefined || (Number(text) >= least && Number(text) <= 65535);
