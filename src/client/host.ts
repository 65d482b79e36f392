import { invalid } from "../errors/index.ts";

/** Where an engine listens. */
export type Address = { unix: string } | { hostname: string; port: number };

/**
 * Reads a host as `DOCKER_HOST` spells it: `unix:///path`, `tcp://name:port`. Throws `invalid` for others,
 * with what to do for the ones Docker knows and we do not.
 */
export function parseHost(host: string): Address {
  const [scheme, rest] = split(host);
  if (scheme === "unix" && rest.startsWith("/")) return { unix: rest };
  if (scheme === "unix") throw invalid(`invalid host "${host}": a unix socket needs an absolute path`);
  if (scheme === "tcp" || scheme === "http") return parseTcp(host, rest);
  if (scheme === "ssh") {
    throw invalid(
      `invalid host "${host}": ssh:// is not supported; forward the socket with ` +
        `'ssh -L /tmp/engine.sock:/run/slipway/slipway.sock' and use unix:///tmp/engine.sock`,
    );
  }
  throw invalid(`invalid host "${host}": use unix:///path/to/socket or tcp://host:port`);
}

/** An address as `parseHost` reads it. */
export function formatHost(address: Address): string {
  if ("unix" in address) return `unix://${address.unix}`;
  const { hostname, port } = address;
  return `tcp://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function split(host: string): [scheme: string, rest: string] {
  const at = host.indexOf("://");
  return at < 0 ? ["", host] : [host.slice(0, at), host.slice(at + 3)];
}

const tcpPattern = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]*)(?::(\d+))?\/?$/;
const dockerTcpPort = 2375;

function parseTcp(host: string, rest: string): Address {
  const match = tcpPattern.exec(rest);
  const port = Number(match?.[2] ?? dockerTcpPort);
  if (match === null || port < 1 || port > 65_535) {
    throw invalid(`invalid host "${host}": use tcp://host:port`);
  }
  const hostname = (match[1] || "127.0.0.1").replace(/^\[|\]$/g, "");
  return { hostname, port };
}
