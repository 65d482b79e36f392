import type { PortBinding, PortMap } from "../../../api/index.ts";
import { conflict } from "../../../errors/index.ts";
import type { PublishedPort } from "../../../network/index.ts";
import type { ContainerRecord } from "../record.ts";
import { parsePort, portKey } from "./ports.ts";

type Bindings = readonly PortBinding[] | null | undefined;

/** The same map with its ports written as `80/tcp`. */
export function normalisedKeys(ports: Readonly<Record<string, Bindings>>): PortMap {
  const result: PortMap = {};
  for (const [port, bindings] of Object.entries(ports)) {
    const key = portKey(parsePort(port));
    result[key] = bindings?.length ? [...(result[key] ?? []), ...bindings] : (result[key] ?? null);
  }
  return result;
}

/** Whether a published port is meant: `null` means all of a container's port, undefined none. */
export function matchesPort(
  meant: Bindings,
  { hostIp, hostPort }: Pick<PublishedPort, "hostIp" | "hostPort">,
): boolean {
  if (meant === undefined) return false;
  if (meant === null) return true;
  return meant.some(
    ({ HostIp, HostPort }) => (!HostIp || HostIp === hostIp) && (!HostPort || isInRange(HostPort, hostPort)),
  );
}

function isInRange(text: string, port: number): boolean {
  const [first = 0, last = first] = text.split("-").map(Number);
  return first === 0 || (port >= first && port <= last);
}

/**
 * What a container's bindings are without those that `remove` means: they are written there, or one of the ports that go
 * came of them (a range, or any free port). Ports that `-P` would publish again are kept from it by an empty list.
 */
export function removeBindings(
  { hostConfig, config }: Pick<ContainerRecord, "hostConfig" | "config">,
  remove: PortMap,
  gone: readonly PublishedPort[],
): { bindings: PortMap; removed: Set<string> } {
  const bindings = normalisedKeys(hostConfig.PortBindings ?? {});
  const removed = new Set<string>();
  const exposed = new Set(Object.keys(config.ExposedPorts ?? {}).map((port) => portKey(parsePort(port))));
  for (const [key, meant] of Object.entries(remove)) {
    const before = bindings[key] ?? [];
    const after =
      meant === null
        ? []
        : without(
            before,
            meant,
            gone.filter((port) => portKey(port) === key),
          );
    if (after.length < before.length) removed.add(key);
    if (after.length > 0) bindings[key] = after;
    else if (hostConfig.PublishAllPorts && exposed.has(key)) bindings[key] = [];
    else delete bindings[key];
  }
  return { bindings, removed };
}

function without(
  bindings: readonly PortBinding[],
  meant: readonly PortBinding[],
  gone: readonly PublishedPort[],
): PortBinding[] {
  const named = (it: PortBinding) =>
    meant.some(
      ({ HostIp, HostPort }) => (!HostIp || HostIp === it.HostIp) && (!HostPort || HostPort === it.HostPort),
    );
  const left = bindings.filter((it) => !named(it));
  // Both families of a port came of one binding.
  const ports = new Set(gone.map(({ hostPort }) => hostPort));
  for (const binding of bindings) if (named(binding)) ports.delete(Number(binding.HostPort));
  for (const port of ports) {
    const origin = left.findIndex(({ HostPort }) => isInRange(HostPort || "0", port));
    if (origin >= 0) left.splice(origin, 1);
  }
  return left;
}

/** Ports without any binding are to be published at a port of the host that is free. */
export function anywhere(ports: PortMap): PortMap {
  return Object.fromEntries(Object.entries(ports).map(([key, it]) => [key, it?.length ? it : [{}]]));
}

/** `conflict` for what is among the bindings already. */
export function addBindings(bindings: PortMap, add: PortMap): PortMap {
  const result = { ...bindings };
  for (const [key, added] of Object.entries(anywhere(add))) {
    const present = result[key] ?? [];
    const wanted = added ?? [];
    for (const { HostIp = "", HostPort = "" } of wanted) {
      const same = present.some((it) => (it.HostIp ?? "") === HostIp && (it.HostPort ?? "") === HostPort);
      if (same && HostPort !== "") {
        throw conflict(`port ${key} is published at ${HostIp || "all addresses"}:${HostPort} already`);
      }
    }
    result[key] = [...present, ...wanted];
  }
  return result;
}
