import type { PortMap } from "../../../api/index.ts";
import type { PortRequest, PublishedPort } from "../../../network/index.ts";
import type { ContainerRecord } from "../record.ts";

/** A port of a container with its protocol: `tcp` where none is named. */
export function parsePort(text: string): { containerPort: number; protocol: PortRequest["protocol"] } {
  const [number = "", protocol = "tcp"] = text.toLowerCase().split("/");
  return { containerPort: Number(number), protocol: protocol as PortRequest["protocol"] };
}

/** `80/tcp`, as it stands in maps of ports. */
export const portKey = ({ containerPort, protocol }: { containerPort: number; protocol: string }): string =>
  `${containerPort}/${protocol}`;

/** `-p` as asked; with `-P` a free port of the host for each exposed port that has none. */
export function portRequests({ hostConfig, config }: ContainerRecord): PortRequest[] {
  const bindings: PortMap = { ...hostConfig.PortBindings };
  if (hostConfig.PublishAllPorts) {
    for (const port of Object.keys(config.ExposedPorts ?? {})) bindings[port] ??= [{}];
  }
  return requestsFor(bindings);
}

export function requestsFor(bindings: PortMap): PortRequest[] {
  return Object.entries(bindings).flatMap(([port, hosts]) =>
    (hosts ?? []).map(({ HostIp, HostPort }) => ({
      ...parsePort(port),
      ...(HostIp ? { hostIp: HostIp } : {}),
      ...(HostPort ? { hostPort: HostPort } : {}),
    })),
  );
}

/** What `inspect` and `ps` show: ports that are published, and those that are exposed only. */
export function portMap(
  { config }: Pick<ContainerRecord, "config">,
  published: readonly PublishedPort[],
): PortMap {
  const result: PortMap = {};
  for (const port of Object.keys(config.ExposedPorts ?? {})) result[portKey(parsePort(port))] = null;
  for (const port of published) {
    const key = portKey(port);
    result[key] = [...(result[key] ?? []), { HostIp: port.hostIp, HostPort: String(port.hostPort) }];
  }
  return result;
}
