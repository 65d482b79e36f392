import { invalid } from "../../errors/index.ts";

/** Where to listen: a socket file, a TCP address, or the sockets systemd handed over. */
export type ListenHost = { unix: string } | { hostname: string; port: number } | { activation: true };

/** Reads a host as dockerd's `-H` spells it. Throws `invalid`. */
export function parseListenHost(host: string): ListenHost {
  if (host === "fd://" || host.startsWith("fd://")) return { activation: true };
  if (host.startsWith("unix:///")) return { unix: host.slice("unix://".length) };
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[^:/[\]]*):(\d{1,5})\/?$/.exec(host);
  if (tcp === null) {
    throw invalid(`invalid host "${host}": use unix:///path/to/socket, tcp://127.0.0.1:port or fd://`);
  }
  return { hostname: (tcp[1] || "127.0.0.1").replace(/^\[|\]$/g, ""), port: Number(tcp[2]) };
}

/** Whether only this host can reach the address. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
