import { existsSync } from "node:fs";
import type { ContainerConfig, HostConfig, Mount } from "../../../api/index.ts";
import { invalid, notImplemented } from "../../../errors/index.ts";
import type { Volumes } from "../../../volumes/index.ts";
import type { ContainerMount, ContainerRecord } from "../record.ts";
import { bindMount, cleanDestination, parseBind } from "./bind.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";

/** The label that tells volumes nobody named; prune and `rm -v` go by it. Docker's. */
export const anonymousLabel = "com.docker.volume.anonymous";

export interface ResolveInput {
  config: ContainerConfig;
  hostConfig: HostConfig;
  volumes: Volumes;
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
  for (const text of hostConfig.VolumesFrom ?? []) {
    for (const mount of fromContainer(text, input)) {
      if (!mounts.has(mount.point.Destination)) mounts.set(mount.point.Destination, mount);
    }
  }
  for (const path of Object.keys(config.Volumes ?? {})) {
    const destination = cleanDestination(path, path);
    const taken = mounts.has(destination) || destination in (hostConfig.Tmpfs ?? {});
    if (!taken) mounts.set(destination, await anonymousVolume(destination, input));
  }
  return [...mounts.values()];
}

async function fromBind(text: string, { volumes, hostConfig }: ResolveInput): Promise<ContainerMount> {
  const spec = parseBind(text);
  if (spec.source.startsWith("/")) return bindMount({ ...spec, createSource: true });
  const driver = hostConfig.VolumeDriver ?? "";
  return await volumeMount(volumes, { ...spec, name: spec.source, mode: spec.mode || "z", driver });
}

async function fromMount(mount: Mount, input: ResolveInput): Promise<ContainerMount> {
  const { Type, Source = "", Target = "", ReadOnly = false } = mount;
  const what = `invalid mount config for type "${Type}"`;
  if (Target === "") throw invalid(`${what}: field Target must not be empty`);
  const destination = cleanDestination(Target, Target);
  switch (Type) {
    case "bind":
      return typedBind(mount, Source, destination, what);
    case "volume":
      return await typedVolume(mount, input, destination);
    case "tmpfs":
      if (Source !== "") throw invalid(`${what}: field Source must not be specified`);
      return tmpfsMount(mount, destination, ReadOnly);
    case "image":
      throw notImplemented(
        "mounts of type image are not supported yet: copy the files out of the image instead",
      );
    default:
      throw invalid(`mount type unknown: "${Type}"`);
  }
}

function typedBind(
  { BindOptions, ReadOnly = false }: Mount,
  source: string,
  destination: string,
  what: string,
) {
  if (!source.startsWith("/"))
    throw invalid(`${what}: invalid mount path: '${source}' mount path must be absolute`);
  const createSource = BindOptions?.CreateMountpoint ?? false;
  if (!createSource && !existsSync(source))
    throw invalid(`${what}: bind source path does not exist: ${source}`);
  return bindMount({
    source,
    destination,
    readOnly: ReadOnly,
    mode: "",
    ...(BindOptions?.Propagation ? { propagation: BindOptions.Propagation } : {}),
    recursive: !BindOptions?.NonRecursive,
    readOnlyRecursive: !BindOptions?.ReadOnlyNonRecursive,
    createSource,
  });
}

async function typedVolume(
  mount: Mount,
  { volumes, hostConfig }: ResolveInput,
  destination: string,
): Promise<ContainerMount> {
  const { VolumeOptions, Source = "", ReadOnly = false } = mount;
  return await volumeMount(volumes, {
    name: Source,
    destination,
    readOnly: ReadOnly,
    noCopy: VolumeOptions?.NoCopy ?? false,
    mode: "z",
    labels: VolumeOptions?.Labels ?? {},
    driver: VolumeOptions?.DriverConfig?.Name || hostConfig.VolumeDriver || "",
    driverOptions: VolumeOptions?.DriverConfig?.Options ?? {},
    ...(VolumeOptions?.Subpath ? { subpath: VolumeOptions.Subpath } : {}),
  });
}

function tmpfsMount({ TmpfsOptions }: Mount, destination: string, readOnly: boolean): ContainerMount {
  const extra = (TmpfsOptions?.Options ?? []).map((words) => words.join("="));
  const options = [
    ...(readOnly ? ["ro"] : []),
    ...(TmpfsOptions?.SizeBytes ? [`size=${TmpfsOptions.SizeBytes}`] : []),
    ...(TmpfsOptions?.Mode ? [`mode=${TmpfsOptions.Mode.toString(8)}`] : []),
    ...extra,
  ];
  return {
    point: { Type: "tmpfs", Source: "", Destination: destination, Mode: "", RW: !readOnly, Propagation: "" },
    options: parseTmpfsOptions(options.join(",")),
  };
}

function fromContainer(text: string, { container }: ResolveInput): ContainerMount[] {
  const [ref = "", mode = "rw", ...rest] = text.split(":");
  if (ref === "" || rest.length > 0) throw invalid(`invalid volumes-from specification: ${text}`);
  if (!["rw", "ro", "z", "Z"].includes(mode)) throw invalid(`invalid mode: ${mode}`);
  return container(ref).mounts.map((mount) => {
    const writable = mount.point.RW && mode !== "ro";
    const options = mount.options.filter((option) => option !== "ro" && option !== "rro");
    return {
      ...mount,
      point: { ...mount.point, RW: writable },
      options: writable ? options : [...options, "ro"],
      anonymous: false,
      copyUp: false,
    };
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
  },
): Promise<ContainerMount> {
  const anonymous = options.name === "";
  const labels = { ...options.labels, ...(anonymous ? { [anonymousLabel]: "" } : {}) };
  const { name, driver, driverOptions = {} } = options;
  const volume = await volumes.create({ name, driver, labels, options: driverOptions });
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
    options: ["rbind", ...(options.readOnly ? ["ro"] : []), "rprivate"],
    copyUp: !options.noCopy && options.subpath === undefined,
    anonymous,
    ...(options.subpath === undefined ? {} : { subpath: options.subpath }),
  };
}
