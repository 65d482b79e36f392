import type { ExecCreateRequest } from "../../../api/index.ts";
import type { Process } from "../../../oci/spec.ts";
import type { HostFacts } from "../../host/index.ts";
import type { ContainerRecord } from "../record.ts";
import { capabilitiesFor } from "./capabilities.ts";
import { mergeEnvironment } from "./environment.ts";
import { consoleSize, withHome } from "./index.ts";
import { resolveUser } from "./user.ts";

export interface ExecInput {
  record: ContainerRecord;
  request: ExecCreateRequest;
  /** The process of the running container: the new one inherits its limits and environment. */
  container: Process;
  /** The container's root as it is now: `/proc/PID/root`. */
  rootfs: string;
  host: HostFacts;
}

/** The process that `exec` adds to a running container. */
export function buildExecProcess({ record, request, container, rootfs, host }: ExecInput): Process {
  const { hostConfig } = record;
  const user = resolveUser(
    rootfs,
    request.User || record.config.User || "",
    request.User ? [] : (hostConfig.GroupAdd ?? []),
  );
  const capabilities = capabilitiesFor(
    {
      add: hostConfig.CapAdd ?? [],
      drop: hostConfig.CapDrop ?? [],
      privileged: (request.Privileged || hostConfig.Privileged) ?? false,
    },
    host.capabilities,
  );
  const held = user.uid === 0 ? capabilities : [];
  const size = consoleSize(request.ConsoleSize);
  const terminal = request.Tty ? ["TERM=xterm"] : [];
  const inherited = (container.env ?? []).filter((entry) => !request.User || !entry.startsWith("HOME="));
  return {
    terminal: request.Tty ?? false,
    ...(size === undefined ? {} : { consoleSize: size }),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: request.Cmd ?? [],
    env: withHome(mergeEnvironment([...terminal, ...inherited], request.Env ?? []), user.home),
    cwd: request.WorkingDir || container.cwd,
    capabilities: { bounding: capabilities, effective: held, permitted: held },
    ...(container.rlimits === undefined ? {} : { rlimits: container.rlimits }),
    noNewPrivileges: container.noNewPrivileges ?? false,
  };
}
