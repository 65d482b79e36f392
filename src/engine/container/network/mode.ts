import type { HostConfig } from "../../../api/index.ts";
import { conflict } from "../../../errors/index.ts";
import type { EngineContext } from "../../context.ts";
import type { Container } from "../container.ts";
import { requireProcess } from "../require.ts";

const shared = /^container:(.+)$/s;

/** The name of the network that the mode stands for: `default` is the bridge. */
export function modeOf({ NetworkMode }: HostConfig): string {
  return NetworkMode === undefined || NetworkMode === "" || NetworkMode === "default"
    ? "bridge"
    : NetworkMode;
}

/** Whose network the container shares, as the user named it; undefined when it has one of its own. */
export const sharedWith = (hostConfig: HostConfig): string | undefined =>
  shared.exec(modeOf(hostConfig))?.[1];

/** The container whose network another one shares. It must run. */
export function ownerOf(
  engine: Pick<EngineContext, "containers">,
  container: Container,
  ref: string,
): Container {
  const owner = engine.containers.find(ref);
  if (owner === container) throw conflict("cannot join own network namespace");
  const { initPid, status } = owner.record.state;
  if (initPid === 0) {
    throw conflict(
      `cannot join network namespace of a non running container: container ${owner.record.name} is ${status}`,
    );
  }
  requireProcess(owner);
  return owner;
}

/** Containers that live in this one's network. */
export function sharersOf({ containers }: Pick<EngineContext, "containers">, owner: Container): Container[] {
  return [...containers].filter(({ record }) => {
    const ref = sharedWith(record.hostConfig);
    return ref !== undefined && lookUpContainer(containers, ref) === owner;
  });
}

/** By id, by name, or by the beginning of an id: undefined when there is none. */
export function lookUpContainer(containers: EngineContext["containers"], ref: string): Container | undefined {
  const exact = containers.get(ref) ?? containers.named(ref);
  return exact ?? [...containers].find(({ id }) => id.startsWith(ref));
}
