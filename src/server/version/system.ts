import type { DiskUsageResponse, EventMessage, ImageSummary, InfoResponse } from "../../api/index.ts";
import type { ApiVersion } from "./api-version.ts";
import { containerSummariesFor } from "./container.ts";
import { imageSummariesFor } from "./image.ts";

/** Before 1.50 the bridge filter's state, before 1.49 the expected commits, before 1.47 a registry's fields. */
export function infoFor(version: ApiVersion, info: InfoResponse): object {
  return {
    ...info,
    ...(version.before(50) ? { BridgeNfIptables: false, BridgeNfIp6tables: false } : {}),
    ...(version.before(49) ? expectedCommits(info) : {}),
    ...(version.before(47) ? { RegistryConfig: withNondistributables(info.RegistryConfig) } : {}),
  };
}

function expectedCommits(info: InfoResponse): object {
  const expected = (commit: { ID: string }) => ({ ...commit, Expected: commit.ID });
  return {
    ContainerdCommit: expected(info.ContainerdCommit),
    RuncCommit: expected(info.RuncCommit),
    InitCommit: expected(info.InitCommit),
  };
}

function withNondistributables(registry: unknown): object {
  return {
    AllowNondistributableArtifactsCIDRs: null,
    AllowNondistributableArtifactsHostnames: null,
    ...(registry as object),
  };
}

/** Lists that were asked for are never null. */
export function diskUsageFor(version: ApiVersion, usage: DiskUsageResponse): object {
  return {
    ...usage,
    ...(usage.Images === undefined ? {} : { Images: imagesFor(version, usage.Images ?? []) }),
    ...(usage.Containers === undefined
      ? {}
      : { Containers: containerSummariesFor(version, usage.Containers ?? []) }),
    ...(usage.Volumes === null ? { Volumes: [] } : {}),
    ...(usage.BuildCache === null ? { BuildCache: [] } : {}),
  };
}

/** Disk usage has always told how many containers use an image; the list of images only since 1.51. */
const imagesFor = (version: ApiVersion, images: ImageSummary[]): ImageSummary[] =>
  imageSummariesFor(version, images).map((shown, index) => ({
    ...shown,
    Containers: images[index]?.Containers ?? shown.Containers,
  }));

/** The creation of an image is an event since 1.46. */
export async function* eventsFor(
  version: ApiVersion,
  messages: AsyncIterable<EventMessage>,
): AsyncGenerator<EventMessage> {
  for await (const message of messages) {
    if (version.before(46) && message.Type === "image" && message.Action === "create") continue;
    yield message;
  }
}
