import type { HostConfig } from "../../../api/index.ts";
import { conflict, invalid } from "../../../errors/index.ts";
import type { HostsLine } from "../../../network/index.ts";
import type { EngineContext } from "../../context.ts";
import type { Container } from "../container.ts";
import type { ContainerRecord } from "../record.ts";
import { isRunning } from "../status.ts";
import { lookUpContainer, modeOf, sharedWith } from "./mode.ts";

/** A name that one container has for another. */
export interface Link {
  readonly target: string;
  readonly alias: string;
}

/** `container:alias`; the alias is the container's name unless given. Also `/container:/parent/alias` of old clients. */
export function parseLink(text: string): Link {
  const [target = "", alias = target, ...rest] = text.split(":");
  if (target === "" || rest.length > 0) throw invalid(`bad format for links: ${text}`);
  return { target: target.replace(/^\//, ""), alias: alias.split("/").at(-1) || target };
}

/** Links of the default bridge (`HostConfig.Links`) whose targets are there; those of other networks are by name. */
function bridgeLinks({ hostConfig }: Pick<ContainerRecord, "hostConfig">): Link[] {
  return (hostConfig.Links ?? []).map(parseLink);
}

/** The containers that one on the default bridge links to, as its user named them. */
export const linkedNames = (record: Pick<ContainerRecord, "hostConfig">): string[] =>
  modeOf(record.hostConfig) === "bridge" ? bridgeLinks(record).map(({ target }) => target) : [];

/** What a create request says of links must make sense. Targets on the default bridge have to exist. */
export function checkLinks({ containers }: Pick<EngineContext, "containers">, hostConfig: HostConfig): void {
  const links = bridgeLinks({ hostConfig });
  if (links.length === 0) return;
  const hostMode =
    "conflicting options: host type networking can't be used with links. This would result in undefined behavior";
  if (modeOf(hostConfig) === "host") throw invalid(hostMode);
  if (modeOf(hostConfig) !== "bridge") return;
  for (const { target } of links) {
    const container = lookUpContainer(containers, target);
    if (container === undefined)
      throw invalid(`could not get container for ${target}: No such container: ${target}`);
    if (modeOf(container.record.hostConfig) === "host") throw invalid(hostMode);
  }
}

/** The container that a link means: for one that lives in another's network, that other one. */
function linked(containers: EngineContext["containers"], target: string): Container | undefined {
  const seen = new Set<Container>();
  let container = lookUpContainer(containers, target);
  while (container !== undefined && !seen.has(container)) {
    seen.add(container);
    const owner = sharedWith(container.record.hostConfig);
    if (owner === undefined) return container;
    container = lookUpContainer(containers, owner);
  }
  return container;
}

/** A container that another one on the default bridge has a name for. */
export interface LinkedContainer extends Link {
  readonly record: ContainerRecord;
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** What a container on the default bridge links to. All of it must run, and be on the default bridge. */
export function linkedContainers(
  { containers }: Pick<EngineContext, "containers">,
  from: ContainerRecord,
): LinkedContainer[] {
  return bridgeLinks(from).flatMap((link) => {
    const container = linked(containers, link.target);
    // What was removed meanwhile has no name any more.
    if (container === undefined) return [];
    const { record } = container;
    if (!isRunning(record)) {
      throw conflict(
        `Cannot link to a non running container: /${record.name} AS /${from.name}/${link.alias}`,
      );
    }
    if (record.state.network?.endpoints.bridge === undefined) {
      throw conflict(`Cannot link to /${record.name}, as it does not belong to the default network`);
    }
    return [linkTo(link, record)];
  });
}

function linkTo(link: Link, record: ContainerRecord): LinkedContainer {
  const { ipv4, ipv6 } = record.state.network?.endpoints.bridge ?? {};
  return {
    ...link,
    record,
    ...(ipv4 === undefined ? {} : { ipv4: ipv4.address }),
    ...(ipv6 === undefined ? {} : { ipv6: ipv6.address }),
  };
}

/** What it links to as far as that is on the default bridge now. */
export function reachableLinks(
  { containers }: Pick<EngineContext, "containers">,
  from: ContainerRecord,
): LinkedContainer[] {
  if (from.state.network?.endpoints.bridge === undefined) return [];
  return bridgeLinks(from).flatMap((link) => {
    const record = linked(containers, link.target)?.record;
    return record?.state.network?.endpoints.bridge === undefined ? [] : [linkTo(link, record)];
  });
}

/** Running containers on the default bridge that have a name for this one. */
export function linkingContainers(
  { containers }: Pick<EngineContext, "containers">,
  to: Container,
): Container[] {
  return [...containers].filter(({ record }) => {
    if (record.state.network?.endpoints.bridge === undefined) return false;
    return bridgeLinks(record).some(({ target }) => linked(containers, target) === to);
  });
}

/** The names by which a link's target is known in the container that has the link. */
const linkNames = (alias: string, { config, name }: ContainerRecord): string[] => [
  ...new Set([alias, config.Hostname ?? "", name].filter((it) => it !== "")),
];

/** The lines of a hosts file for what a container links to. */
export function linkHosts(links: readonly LinkedContainer[]): HostsLine[] {
  return links.flatMap(({ alias, record, ipv4, ipv6 }) => {
    const names = linkNames(alias, record);
    return [ipv4, ipv6].flatMap((address) => (address === undefined ? [] : [{ address, names }]));
  });
}
