import type { Port, PortMap } from "../../api/index.ts";

/**
 * Ports as `ps` shows them, neighbours joined: `0.0.0.0:8080->80/tcp, 90-92/tcp`. `mark` may change how what is
 * published at an address of the host looks.
 */
export function displayPorts(ports: readonly Port[], mark = (text: string, _hostIp: string) => text): string {
  const groups = new Map<string, Group>();
  const done: Group[] = [];
  const mapped: string[] = [];
  for (const port of [...ports].sort(byPort)) {
    const ip = port.IP ?? "";
    if (ip !== "" && port.PublicPort !== port.PrivatePort) {
      const text = `${hostPort(ip, String(port.PublicPort ?? 0))}->${port.PrivatePort}/${port.Type}`;
      mapped.push(mark(text, ip));
      continue;
    }
    const key = `${ip}/${port.Type}`;
    const group = groups.get(key);
    if (group !== undefined && port.PrivatePort === group.last + 1) group.last = port.PrivatePort;
    else {
      if (group !== undefined) done.push(group);
      const fresh = { ip, type: port.Type, first: port.PrivatePort, last: port.PrivatePort };
      groups.set(key, fresh);
    }
  }
  const joined = [...done, ...groups.values()].map((group) =>
    group.ip === "" ? range(group) : mark(range(group), group.ip),
  );
  return [...joined, ...mapped].join(", ");
}

interface Group {
  readonly ip: string;
  readonly type: string;
  readonly first: number;
  last: number;
}

function range({ ip, type, first, last }: Group): string {
  const ports = first === last ? String(first) : `${first}-${last}`;
  return ip === "" ? `${ports}/${type}` : `${hostPort(ip, ports)}->${ports}/${type}`;
}

/** A line for each place on the host that leads to a port of the container, the ports in order. */
export function portMappings(ports: PortMap): string {
  const byNumber = Object.keys(ports).sort(
    (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1),
  );
  return byNumber
    .flatMap((port) =>
      (ports[port] ?? []).map(
        ({ HostIp = "", HostPort = "" }) => `${port} -> ${hostPort(HostIp, HostPort)}\n`,
      ),
    )
    .join("");
}

export function hostPort(ip: string, port: string): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function byPort(a: Port, b: Port): number {
  const byAddress = (a.IP ?? "") < (b.IP ?? "") ? -1 : Number((a.IP ?? "") > (b.IP ?? ""));
  const byType = a.Type < b.Type ? -1 : Number(a.Type > b.Type);
  return a.PrivatePort - b.PrivatePort || byAddress || (a.PublicPort ?? 0) - (b.PublicPort ?? 0) || byType;
}
