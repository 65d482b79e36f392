import type * as api from "../../api/index.ts";
import { conflict } from "../../errors/index.ts";
import type { Image } from "../../images/index.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import type { ExecutionConfig, ImageConfig } from "../../oci/image.ts";
import { hostPlatform } from "../../oci/platform.ts";
import { familiarReference, parseRepositoryAndTag } from "../../oci/reference.ts";
import { buildImage } from "./build-image.ts";
import { applyChanges } from "./changes.ts";
import { emit } from "./events.ts";
import { withLease } from "./garbage.ts";
import type { ImageRooms } from "./rooms.ts";

export interface CommitImageOptions {
  /** Digest of the config of the image that the container was made from. */
  parent?: string;
  /** What the container changed: an uncompressed layer. */
  layer: AsyncIterable<Uint8Array>;
  /** How the container was run. */
  config: api.ContainerConfig;
  /** Dockerfile instructions. */
  changes?: readonly string[];
  author?: string;
  comment?: string;
  repo?: string;
  tag?: string;
}

/** Makes an image from a container's changes on top of the container's image; answers its id. */
export async function commitImage(
  rooms: ImageRooms,
  options: CommitImageOptions,
  signal: AbortSignal,
): Promise<Digest> {
  const { layer, author = "", comment = "", repo, tag } = options;
  const references = repo ? [parseRepositoryAndTag(repo, tag)] : [];
  const parent = parentOf(rooms, options.parent);
  const created = new Date().toISOString();
  const config: Omit<ImageConfig, "rootfs"> = {
    ...hostPlatform(),
    ...(parent === undefined ? {} : { os: parent.config.os, architecture: parent.config.architecture }),
    created,
    ...(author === "" ? {} : { author }),
    ...(comment === "" ? {} : { comment }),
    config: applyChanges(executionConfigOf(options.config), options.changes ?? []),
    history: [
      ...(parent?.config.history ?? []),
      {
        created,
        ...(author === "" ? {} : { author }),
        created_by: list(options.config.Cmd).join(" "),
        ...(comment === "" ? {} : { comment }),
      },
    ],
  };
  const image = { layer, config, references, ...(parent === undefined ? {} : { parent }) };
  const id = await withLease(rooms, (lease) => buildImage(rooms, image, lease, signal));
  for (const reference of references) emit(rooms, "tag", id, familiarReference(reference));
  return id;
}

function parentOf({ images }: ImageRooms, id: string | undefined): Image | undefined {
  if (id === undefined) return undefined;
  const parent = isDigest(id) ? images.get(id) : undefined;
  if (parent !== undefined) return parent;
  throw conflict(
    `the image ${id} that the container was made from was removed: use export and import instead`,
  );
}

/** What of a container's config belongs to an image. */
function executionConfigOf(config: api.ContainerConfig): ExecutionConfig {
  const { User, ExposedPorts, Env, Entrypoint, Cmd, Volumes, WorkingDir, Labels } = config;
  const { StopSignal, Healthcheck, OnBuild, Shell } = config;
  const all = {
    User,
    ExposedPorts,
    Env,
    Entrypoint: list(Entrypoint),
    Cmd: list(Cmd),
    Volumes,
    WorkingDir,
    Labels,
    StopSignal,
    Healthcheck,
    OnBuild,
    Shell,
  };
  const given = Object.entries(all).filter(([, value]) => value && Object.keys(value).length > 0);
  return Object.fromEntries(given) as ExecutionConfig;
}

function list(value: string[] | string | null | undefined): string[] {
  return typeof value === "string" ? [value] : (value ?? []);
}

/** The config that a client sends with a commit wins where it says something. */
export function commitConfig(
  container: api.ContainerConfig,
  asked: api.ContainerConfig | undefined,
): api.ContainerConfig {
  const said = Object.entries(asked ?? {}).filter(
    ([, value]) =>
      value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0),
  );
  return { ...container, ...Object.fromEntries(said) };
}
