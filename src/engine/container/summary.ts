import type * as api from "../../api/index.ts";
import { nowNanoseconds } from "../../os/clock.ts";
import type { Container } from "./container.ts";
import { networksOf, portsOf } from "./network/settings.ts";
import type { ContainerRecord } from "./record.ts";
import { statusText, statusWord } from "./status.ts";

/** A container as `ps` shows it. `image` is what to call its image by now. */
export function summarise(container: Container, image: string): api.ContainerSummary {
  const { record } = container;
  const { NetworkMode = "", Annotations } = record.hostConfig;
  return {
    Id: record.id,
    Names: [`/${record.name}`],
    Image: image,
    ImageID: record.image.id,
    Command: commandText(record),
    Created: Number(container.createdAt / 1_000_000_000n),
    Ports: portList(record),
    Labels: record.config.Labels ?? {},
    State: statusWord(record),
    Status: statusText(record, container.health, nowNanoseconds()),
    HostConfig: {
      NetworkMode,
      ...(Annotations && Object.keys(Annotations).length > 0 ? { Annotations } : {}),
    },
    NetworkSettings: { Networks: networksOf(record) },
    Mounts: record.mounts.map((mount) => mount.point),
  };
}

/** Arguments that contain a blank stand in quotes, for the eye only. */
function commandText({ path, args }: ContainerRecord): string {
  return [path, ...args.map((arg) => (arg.includes(" ") ? `'${arg}'` : arg))].join(" ");
}

export function portList(record: ContainerRecord): api.Port[] {
  return Object.entries(portsOf(record)).flatMap(([port, bindings]) => {
    const [number = "", Type = "tcp"] = port.split("/");
    const PrivatePort = Number(number);
    if (!bindings?.length) return [{ PrivatePort, Type }];
    return bindings.map(({ HostIp = "", HostPort = "" }) => ({
      IP: HostIp,
      PrivatePort,
      PublicPort: Number(HostPort),
      Type,
    }));
  });
}
