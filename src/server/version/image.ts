import type { ImageInspect, ImageSummary } from "../../api/index.ts";
import type { ApiVersion } from "./api-version.ts";

/** What `GET /images/json` and `/system/df` looked like: see Docker's API version history, 1.43 to 1.51. */
export function imageSummariesFor(version: ApiVersion, images: ImageSummary[]): ImageSummary[] {
  return version.since(51) ? images : images.map((image) => imageSummaryFor(version, image));
}

function imageSummaryFor(version: ApiVersion, image: ImageSummary): ImageSummary {
  const { Descriptor, ...summary } = image;
  const unnamed = image.RepoTags.length === 0 && image.RepoDigests.length === 0;
  return {
    ...summary,
    Containers: -1,
    ...(version.since(48) && Descriptor !== undefined ? { Descriptor } : {}),
    ...(version.before(44) ? { VirtualSize: image.Size } : {}),
    ...(version.before(43) && unnamed ? { RepoTags: ["<none>:<none>"], RepoDigests: ["<none>@<none>"] } : {}),
  };
}

/** Fields of a container's configuration that an image's had, always empty, before 1.50. */
const containerOnlyConfig = {
  Hostname: "",
  Domainname: "",
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Image: "",
};

export function imageInspectFor(version: ApiVersion, image: ImageInspect): object {
  if (version.since(50)) return image;
  const { Descriptor, ...inspect } = image;
  return {
    ...inspect,
    Config: { ...containerOnlyConfig, ...image.Config },
    ...(version.since(48) && Descriptor !== undefined ? { Descriptor } : {}),
    ...(version.before(45) ? { Container: "", ContainerConfig: null } : {}),
    ...(version.before(44) ? { VirtualSize: image.Size } : {}),
    ...(version.before(44) && image.Created === "" ? { Created: "0001-01-01T00:00:00Z" } : {}),
  };
}
