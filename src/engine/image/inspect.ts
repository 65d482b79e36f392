import type * as api from "../../api/index.ts";
import type { Image } from "../../images/index.ts";
import { findImageFor, findTarget } from "./find.ts";
import { manifestSummaries } from "./manifests.ts";
import type { ImageRooms } from "./rooms.ts";
import { descriptorOf, mainImage, namesOf } from "./summary.ts";

const never = "0001-01-01T00:00:00Z";

export interface InspectImageOptions {
  /** `os/architecture[/variant]` */
  platform?: string;
  /** With what is here of the platforms. */
  manifests?: boolean;
}

export function inspectImage(
  rooms: ImageRooms,
  ref: string,
  { platform, manifests = false }: InspectImageOptions = {},
): api.ImageInspect {
  const { images } = rooms;
  const target = findTarget(images, ref);
  const image = platform ? findImageFor(images, ref, platform) : mainImage(images, target);
  const { record, config } = image;
  return {
    Id: image.id,
    ...namesOf(images.references(image.id)),
    Parent: record.parent ?? "",
    Comment: config.comment || (config.history?.at(-1)?.comment ?? ""),
    Created: config.created ?? "",
    DockerVersion: config.docker_version ?? "",
    Author: config.author ?? "",
    Config: executionConfig(image),
    Architecture: config.architecture,
    ...(config.variant ? { Variant: config.variant } : {}),
    Os: config.os,
    Size: image.size,
    GraphDriver: { Name: "overlay2", Data: directories(rooms, image) },
    RootFS: { Type: "layers", Layers: [...config.rootfs.diff_ids] },
    Metadata: { LastTagTime: record.tagged ?? never },
    Descriptor: descriptorOf(target.descriptor, target.isIndex ? undefined : image),
    ...(manifests ? { Manifests: manifestSummaries(rooms, target) } : {}),
  };
}

/** How containers of the image run, with the members that Docker always shows. */
export function executionConfig({ config: { config } }: Image): api.ContainerConfig {
  return {
    User: "",
    Env: null,
    Cmd: null,
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: null,
    ...config,
  };
}

function directories({ snapshots }: ImageRooms, { chainID }: Image): Record<string, string> | null {
  if (chainID === undefined || !snapshots.has(chainID)) return null;
  const lower = snapshots.lowerDirectories(chainID);
  return {
    ...(lower.length > 0 ? { LowerDir: lower.join(":") } : {}),
    UpperDir: snapshots.directory(chainID),
  };
}
