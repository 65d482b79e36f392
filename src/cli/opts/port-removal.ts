import type { PortsUpdateRequest } from "../../api/index.ts";
import { parsePublish } from "./port.ts";

/**
 * Which published ports are to go: `80/tcp` with all that leads to it, `8080:80` and `127.0.0.1:8080:80` only from
 * that port and that address of the host. The grammar is that of `--publish`.
 */
export function parseRemovals(texts: readonly string[]): NonNullable<PortsUpdateRequest["Remove"]> {
  const removals: NonNullable<PortsUpdateRequest["Remove"]> = {};
  for (const { port, binding } of texts.flatMap(parsePublish)) {
    const { HostIp = "", HostPort = "" } = binding;
    const known = removals[port];
    if ((HostIp === "" && HostPort === "") || known === null) removals[port] = null;
    else {
      const part = { ...(HostIp === "" ? {} : { HostIp }), ...(HostPort === "" ? {} : { HostPort }) };
      removals[port] = [...(known ?? []), part];
    }
  }
  return removals;
}
