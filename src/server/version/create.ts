import type { ContainerCreateRequest, HostConfig, Mount } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { ApiVersion } from "./api-version.ts";

/** A create request of an older version, as the newest one says it. Fields that came later are not meant. */
export function createRequestFrom(
  version: ApiVersion,
  request: ContainerCreateRequest,
): ContainerCreateRequest {
  checkMounts(version, request.HostConfig?.Mounts ?? []);
  checkEndpoints(version, request);
  if (version.since(44)) return request;
  return {
    ...request,
    ...networkingFrom(request),
    ...(request.Healthcheck ? { Healthcheck: { ...request.Healthcheck, StartInterval: 0 } } : {}),
    HostConfig: hostConfigFrom(version, request.HostConfig ?? {}),
  };
}

/** A MAC address was the container's alone. */
function networkingFrom({ MacAddress, NetworkingConfig }: ContainerCreateRequest) {
  if (MacAddress || !NetworkingConfig?.EndpointsConfig) return {};
  const endpoints = Object.entries(NetworkingConfig.EndpointsConfig).map(([name, endpoint]) => {
    const { MacAddress: _, ...rest } = endpoint ?? {};
    return [name, endpoint && rest] as const;
  });
  return { NetworkingConfig: { EndpointsConfig: Object.fromEntries(endpoints) } };
}

/** What a client of this version is to know about its request. */
export function createWarnings(version: ApiVersion, { MacAddress }: ContainerCreateRequest): string[] {
  if (version.before(44) || !MacAddress) return [];
  return [
    "The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.",
  ];
}

/** Since 1.40 ipc is private by default, since 1.43 there are annotations; the console's size counts since 1.42. */
function hostConfigFrom(version: ApiVersion, host: HostConfig): HostConfig {
  const { Annotations, ConsoleSize, ...rest } = host;
  return {
    ...rest,
    ...(version.since(43) && Annotations ? { Annotations } : {}),
    ...(version.since(42) && ConsoleSize ? { ConsoleSize } : {}),
    ...(version.before(40) && !host.IpcMode ? { IpcMode: "shareable" } : {}),
    ...(host.Mounts ? { Mounts: host.Mounts.map((mount) => mountFrom(version, mount)) } : {}),
  };
}

/** Before 1.44 read-only mounts were not recursive; before 1.42 options of another type were ignored. */
function mountFrom(version: ApiVersion, mount: Mount): Mount {
  const { BindOptions, VolumeOptions, TmpfsOptions, ...rest } = mount;
  const bind = mount.Type === "bind" ? bindOptionsFrom(version, mount) : BindOptions;
  const lenient = version.before(42);
  return {
    ...rest,
    ...(bind ? { BindOptions: bind } : {}),
    ...(VolumeOptions && (!lenient || mount.Type === "volume") ? { VolumeOptions } : {}),
    ...(TmpfsOptions && (!lenient || mount.Type === "tmpfs") ? { TmpfsOptions } : {}),
  };
}

/** Whether read-only bind mounts are so recursively, where the request does not say; since 1.44. */
export const readOnlyIsRecursive = (version: ApiVersion): boolean => version.since(44);

function bindOptionsFrom(
  version: ApiVersion,
  { BindOptions, ReadOnly }: Mount,
): NonNullable<Mount["BindOptions"]> {
  return {
    ...BindOptions,
    ...(ReadOnly ? { ReadOnlyNonRecursive: true } : {}),
    ...(version.before(42) ? { CreateMountpoint: false } : {}),
    ...(version.before(40) ? { NonRecursive: false } : {}),
  };
}

/** What an old engine would have ignored to the user's harm is refused. */
function checkMounts(version: ApiVersion, mounts: Mount[]): void {
  for (const mount of mounts) {
    if (version.since(42)) checkOptionsOfType(mount);
    if (version.before(44) && mount.BindOptions?.ReadOnlyForceRecursive) {
      throw invalid("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
    }
    if (version.before(45) && mount.VolumeOptions?.Subpath) {
      throw invalid("VolumeOptions.Subpath needs API v1.45 or newer");
    }
    if (version.before(48) && mount.Type === "image") {
      throw invalid('Mount type "Image" needs API v1.48 or newer');
    }
  }
}

function checkOptionsOfType(mount: Mount): void {
  const owners = { VolumeOptions: "volume", BindOptions: "bind", TmpfsOptions: "tmpfs" } as const;
  for (const [options, type] of Object.entries(owners)) {
    if (mount[options as keyof typeof owners] && mount.Type !== type) {
      throw invalid(`${options} must not be specified on mount type "${mount.Type}"`);
    }
  }
}

function checkEndpoints(version: ApiVersion, request: ContainerCreateRequest): void {
  const networks = Object.keys(request.NetworkingConfig?.EndpointsConfig ?? {});
  if (version.before(44) && networks.length > 1) {
    throw invalid(`Container cannot be created with multiple network endpoints: ${networks.join(", ")}`);
  }
}
