import type { PortBinding } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";
import { isIP } from "./ip.ts";

/** Where on the host ports of a container are published. */
type Bindings = Record<string, PortBinding[]>;

export interface Ports {
  ExposedPorts: Record<string, object>;
  PortBindings: Bindings;
}

/** Reads `--publish` and `--expose` values, ranges unfolded. */
export function parsePorts(publish: readonly string[], expose: readonly string[]): Ports {
  const bindings = bindingsOf(publish);
  const exposed = [...Object.keys(bindings), ...expose.flatMap(parseExpose)];
  return { ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])), PortBindings: bindings };
}

/** Reads `--publish` values. */
export function bindingsOf(publish: readonly string[]): Bindings {
  const bindings: Bindings = {};
  for (const { port, binding } of publish.flatMap(parsePublish)) {
    bindings[port] = [...(bindings[port] ?? []), binding];
  }
  return bindings;
}

/** `published=8080,target=80,protocol=udp` as `8080:80/udp`. */
function standardNotation(text: string): string {
  if (!text.includes("=")) return text;
  const params: Record<string, string> = { protocol: "tcp", published: "", target: "" };
  for (const param of text.split(",")) {
    const [key, value] = cut(param, "=");
    if (value === undefined || key === "") {
      throw wrong(`invalid publish opts format (should be name=value but got '${param}')`);
    }
    params[key] = value;
  }
  return `${params.published}:${params.target}/${params.protocol}`;
}

/** `[[ip:]host:]container[/protocol]`, where the ports may be ranges, or the same as `name=value` fields. */
export function parsePublish(spec: string): { port: string; binding: PortBinding }[] {
  const text = standardNotation(spec);
  const { ip, host, container } = splitParts(text);
  const [ports, rawProtocol = "tcp"] = container.split("/");
  const protocol = rawProtocol.toLowerCase();
  const address = ip.startsWith("[") ? ip.slice(1, -1) : ip;
  if (address !== "" && isIP(address) === 0) throw wrong(`invalid IP address: ${address}`);
  if (!ports) throw wrong(`no port specified: ${text}<empty>`);
  const target = range(ports, `invalid containerPort: ${ports}`);
  const source = host === "" ? undefined : range(host, `invalid hostPort: ${host}`);
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw wrong(`invalid proto: ${rawProtocol}`);
  const width = target.end - target.start;
  // One container port may take any free one of a range of host ports; the engine chooses.
  const any = source !== undefined && width === 0 && source.end > source.start;
  if (source !== undefined && !any && source.end - source.start !== width) {
    throw wrong(`invalid ranges specified for container and host Ports: ${ports} and ${host}`);
  }
  return Array.from({ length: width + 1 }, (_, index) => {
    let hostPort = "";
    if (any) hostPort = `${source.start}-${source.end}`;
    else if (source !== undefined) hostPort = String(source.start + index);
    const binding = { HostIp: address, HostPort: hostPort };
    return { port: `${target.start + index}/${protocol}`, binding };
  });
}

function splitParts(text: string): { ip: string; host: string; container: string } {
  const parts = text.split(":");
  const container = parts.pop() ?? "";
  const host = parts.pop() ?? "";
  return { ip: parts.join(":"), host, container };
}

function parseExpose(text: string): string[] {
  const [ports = "", protocol = "tcp"] = text.split("/");
  if (ports.includes(":")) throw wrong(`invalid port format for --expose: ${text}`);
  const { start, end } = range(ports, `invalid range format for --expose: ${text}, error: invalid port`);
  return Array.from({ length: end - start + 1 }, (_, index) => `${start + index}/${protocol.toLowerCase()}`);
}

function range(text: string, message: string): { start: number; end: number } {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const start = Number(match?.[1]);
  const end = Number(match?.[2] ?? start);
  if (match === null || start > 65_535 || end > 65_535 || end < start) throw wrong(message);
  return { start, end };
}
