import type { HostConfig } from "../../api/index.ts";
import type { ContainerMount, ContainerRecord } from "../container/record.ts";

/** What of a container's record is different when a volume that it uses has another name, and its files another path. */
export function withVolumeName(
  { mounts, hostConfig }: Pick<ContainerRecord, "mounts" | "hostConfig">,
  name: string,
  to: string,
  source: string,
): Pick<ContainerRecord, "mounts" | "hostConfig"> {
  const moved = (mount: ContainerMount): ContainerMount =>
    mount.point.Type === "volume" && mount.point.Name === name
      ? { ...mount, anonymous: false, point: { ...mount.point, Name: to, Source: source } }
      : mount;
  return { mounts: mounts.map(moved), hostConfig: hostConfigWith(hostConfig, name, to) };
}

function hostConfigWith(hostConfig: HostConfig, name: string, to: string): HostConfig {
  const { Binds, Mounts } = hostConfig;
  const bind = (text: string) => (text.startsWith(`${name}:`) ? `${to}${text.slice(name.length)}` : text);
  return {
    ...hostConfig,
    ...(Binds ? { Binds: Binds.map(bind) } : {}),
    ...(Mounts
      ? {
          Mounts: Mounts.map((mount) =>
            mount.Type === "volume" && mount.Source === name ? { ...mount, Source: to } : mount,
          ),
        }
      : {}),
  };
}
