import type { ContainerInspect, ContainerSummary, EndpointSettings } from "../../api/index.ts";
import type { ApiVersion } from "./api-version.ts";

/** Annotations are listed since 1.46, the image's manifest since 1.48. */
export function containerSummariesFor(
  version: ApiVersion,
  containers: ContainerSummary[],
): ContainerSummary[] {
  if (version.since(48)) return containers;
  return containers.map(({ ImageManifestDescriptor: _, ...summary }) =>
    version.since(46) ? summary : { ...summary, HostConfig: { NetworkMode: summary.HostConfig.NetworkMode } },
  );
}

/** The image's manifest is told since 1.48; before 1.45 a user's network had the short id as an alias. */
export function containerInspectFor(version: ApiVersion, container: ContainerInspect): ContainerInspect {
  if (version.since(48)) return container;
  const { ImageManifestDescriptor: _, ...inspect } = container;
  return version.since(45) ? inspect : { ...inspect, NetworkSettings: withShortIdAliases(inspect) };
}

const predefined = new Set(["bridge", "host", "none", "default"]);

function withShortIdAliases(container: ContainerInspect): ContainerInspect["NetworkSettings"] {
  const settings = container.NetworkSettings;
  const added = [container.Id.slice(0, 12), container.Config.Hostname ?? ""].filter((alias) => alias !== "");
  const networks = Object.entries(settings.Networks).map(([name, endpoint]): [string, EndpointSettings] => [
    name,
    predefined.has(name)
      ? endpoint
      : { ...endpoint, Aliases: [...new Set([...(endpoint.Aliases ?? []), ...added])] },
  ]);
  return { ...settings, Networks: Object.fromEntries(networks) };
}
