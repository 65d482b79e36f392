import type { ContainerConfig, HostConfig, Mount } from "../../../api/index.ts";
import { invalid, SlipwayError } from "../../../errors/index.ts";
import type { VolumeRecord, VolumeRequest, Volumes } from "../../../volumes/index.ts";
import type { ImageLookup } from "../../context.ts";
import type { ContainerMount, ContainerRecord, SourceChanges } from "../record.ts";
import { bindMount, changesOf, cleanDestination, parseBind } from "./bind.ts";
import { changesFrom } from "./changes.ts";
import { fromContainers } from "./from-containers.ts";
import { imageMount } from "./image.ts";
import { propagationOf } from "./propagation.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";
import { tmpfsMount } from "./tmpfs-mount.ts";
import { typedBind } from "./typed-bind.ts";

/** The label that tells volumes nobody named; prune and `rm -v` go by it. Docker's. */
export const anonymousLabel = "com.docker.volume.anonymous";

export interface ResolveInput {
  config: ContainerConfig;
  hostConfig: HostConfig;
  volumes: Volumes;
  images: Pick<ImageLookup, "resolve">;
  /** The engine's: what holds it, or lies in it, is mounted with care. */
  dataRoot: string;
  /** `false` for a client that knows read-only binds only as they were before API 1.44: not recursively so. */
  readOnlyRecursive?: boolean;
  /** Finds the container that `--volumes-from` names; throws when there is none. */
  container: (ref: string) => ContainerRecord;
}

/**
 * Decides at create what is mounted where, and makes the volumes that do not exist yet. Later kinds never replace
 * earlier ones: binds and mounts that the user named win over `--volumes-from`, and both over the image's volumes.
 */
export async function resolveMounts(input: ResolveInput): Promise<ContainerMount[]> {
  const { config, hostConfig } = input;
  const mounts = new Map<string, ContainerMount>();
  const add = (mount: ContainerMount) => {
    const { Destination } = mount.point;
    if (mounts.has(Destination)) throw invalid(`Duplicate mount point: ${Destination}`);
    mounts.set(Destination, mount);
  };
  for (const path of Object.keys(hostConfig.Tmpfs ?? {})) {
    cleanDestination(path, path);
    parseTmpfsOptions(hostConfig.Tmpfs?.[path] ?? "");
  }
  for (const text of hostConfig.Binds ?? []) add(await fromBind(text, input));
  for (const mount of hostConfig.Mounts ?? []) add(await fromMount(mount, input));
  for (const mount of fromContainers(hostConfig.VolumesFrom ?? [], input.container)) {
    if (!mounts.has(mount.point.Destination)) mounts.set(mount.point.Destination, mount);
  }
  for (const path of Object.keys(config.Volumes ?? {})) {
    const destination = cleanDestination(path, path);
    const taken = mounts.has(destination) || destination in (hostConfig.Tmpfs ?? {});
    if (!taken) mounts.set(destination, await anonymousVolume(destination, input));
  }
  return [...mounts.values()];
}

async function fromBind(
  text: string,
  { volumes, hostConfig, dataRoot, readOnlyRecursive = true }: ResolveInput,
): Promise<ContainerMount> {
  const spec = parseBind(text);
  if (spec.source.startsWith("/")) {
    const propagation = propagationOf(spec.source, spec.propagation ?? "", dataRoot);
    return bindMount({ ...spec, propagation, createSource: true, readOnlyRecursive });
  }
  const driver = hostConfig.VolumeDriver ?? "";
  return await volumeMount(volumes, { ...spec, name: spec.source, mode: spec.mode || "z", driver });
}

async function fromMount(mount: Mount, input: ResolveInput): Promise<ContainerMount> {
  const { Type, Source = "", Target = "" } = mount;
  const what = `invalid mount config for type "${Type}"`;
  if (Target === "") throw invalid(`${what}: field Target must not be empty`);
  const destination = cleanDestination(Target, Target);
  const changes = changesFrom(mount, what);
  switch (Type) {
    case "bind":
      return await typedBind(mount, { source: Source, destination, ...changes }, what, input.dataRoot);
    case "volume":
      return await typedVolume(mount, input, destination, changes);
    case "tmpfs":
      if (Source !== "") throw invalid(`${what}: field Source must not be specified`);
      return tmpfsMount(mount, destination);
    case "image":
      return await imageMount(mount, destination, input.images);
    default:
      throw invalid(`mount type unknown: "${Type}"`);
  }
}

async function typedVolume(
  mount: Mount,
  { volumes, hostConfig }: ResolveInput,
  destination: string,
  changes: SourceChanges,
): Promise<ContainerMount> {
  const { VolumeOptions, Source = "", ReadOnly = false } = mount;
  const subpath = VolumeOptions?.Subpath ?? "";
  if (subpath !== "" && Source === "")
    throw invalid(
      'invalid mount config for type "volume": must not set Subpath when using anonymous volumes',
    );
  if (subpath.startsWith("/") || subpath.split("/").includes(".."))
    throw invalid(
      `invalid mount config for type "volume": subpath must be a relative path within the volume: ${subpath}`,
    );
  return await volumeMount(volumes, {
    ...changes,
    name: Source,
    destination,
    readOnly: ReadOnly,
    noCopy: VolumeOptions?.NoCopy ?? false,
    mode: "z",
    labels: VolumeOptions?.Labels ?? {},
    driver: VolumeOptions?.DriverConfig?.Name || hostConfig.VolumeDriver || "",
    driverOptions: VolumeOptions?.DriverConfig?.Options ?? {},
    ...(subpath === "" ? {} : { subpath }),
  });
}

const anonymousVolume = (destination: string, { volumes, hostConfig }: ResolveInput) =>
  volumeMount(volumes, {
    name: "",
    destination,
    readOnly: false,
    noCopy: false,
    mode: "",
    driver: hostConfig.VolumeDriver ?? "",
  });

async function volumeMount(
  volumes: Volumes,
  options: {
    name: string;
    destination: string;
    readOnly: boolean;
    noCopy: boolean;
    mode: string;
    labels?: Record<string, string>;
    /** Empty for the one that has the name, or `local`. */
    driver: string;
    driverOptions?: Record<string, string>;
    subpath?: string;
  } & SourceChanges,
): Promise<ContainerMount> {
  const anonymous = options.name === "";
  const labels = { ...options.labels, ...(anonymous ? { [anonymousLabel]: "" } : {}) };
  const { name, driver, driverOptions = {} } = options;
  const volume = await made(volumes, { name, driver, labels, options: driverOptions });
  return {
    point: {
      Type: "volume",
      Name: volume.name,
      Source: volumes.path(volume.name),
      Destination: options.destination,
      Driver: volume.driver,
      Mode: options.mode,
      RW: !options.readOnly,
      Propagation: "",
    },
    options: ["rbind", ...(options.readOnly ? ["rro"] : []), "rprivate"],
    copyUp: !options.noCopy && options.subpath === undefined,
    anonymous,
    ...(options.subpath === undefined ? {} : { subpath: options.subpath }),
    ...changesOf(options),
  };
}

/** A 404 for a plugin that is not there would mean the image, which clients then pull. */
async function made(volumes: Volumes, request: VolumeRequest): Promise<VolumeRecord> {
  try {
    return await volumes.create(request);
  } catch (cause) {
    if (!(cause instanceof SlipwayError) || cause.kind !== "notFound") throw cause;
    throw invalid(cause.message, { cause });
  }
}
