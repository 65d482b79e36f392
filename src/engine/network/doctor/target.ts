import { isIP } from "node:net";
import { invalid } from "../../../errors/index.ts";

/** Whom a container is to reach. */
export interface Target {
  /** As the user wrote it. */
  readonly text: string;
  /** A name or an address. */
  readonly host: string;
  readonly port?: number;
  readonly protocol: "tcp" | "udp";
}

/** The ports of URLs that name none. */
const schemes: Record<string, number> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  ftp: 21,
  ssh: 22,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  amqp: 5672,
  mongodb: 27017,
  ldap: 389,
  ldaps: 636,
};

/** Reads `name`, `name:port`, an address with or without a port (`[v6]:port`), or a URL. `invalid` for anything else. */
export function parseTarget(text: string, protocol: "tcp" | "udp" = "tcp"): Target {
  const url = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(text);
  const { host, port } = splitPort(text, url?.[2] ?? text);
  const usual = url === null ? undefined : schemes[(url[1] ?? "").toLowerCase()];
  const chosen = port ?? usual;
  return { text, host, protocol, ...(chosen === undefined ? {} : { port: chosen }) };
}

/** An address with a zone ("fe80::1%eth0") means nothing outside of one program. */
function splitPort(text: string, place: string): { host: string; port?: number } {
  if (isIP(place) && !place.includes("%")) return { host: place };
  const [, inBrackets, plain = "", digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(place) ?? [];
  const host = inBrackets ?? plain.replace(/\.$/, "");
  const isGood = inBrackets === undefined ? isName(host) || isIP(host) : isIP(host) === 6;
  const port = digits === undefined ? undefined : Number(digits);
  if (!isGood || port === 0 || (port ?? 0) > 65_535) {
    throw invalid(
      `"${text}" is no target: name a container, a host or an address, with a port if you like, such as db:5432, 10.0.0.7, [fd00::7]:80 or https://example.com`,
    );
  }
  return port === undefined ? { host } : { host, port };
}

/** A label has at most 63 characters. */
const isName = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*$/i.test(text);
