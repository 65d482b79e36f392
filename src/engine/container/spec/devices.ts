import { lstatSync, readdirSync, realpathSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { HostConfig } from "../../../api/index.ts";
import { errnoOf, invalid } from "../../../errors/index.ts";
import type { LinuxDevice, LinuxDeviceCgroup } from "../../../oci/spec.ts";
import { majorOf, minorOf } from "../../../os/device-number.ts";

export interface DeviceSet {
  devices: LinuxDevice[];
  rules: LinuxDeviceCgroup[];
}

const character = (major: number, minor?: number, access = "rwm"): LinuxDeviceCgroup => ({
  allow: true,
  type: "c",
  major,
  // A number that is left out means all; crun writes a negative one to the kernel as it is.
  ...(minor === undefined ? {} : { minor }),
  access,
});

/** Deny all, then /dev/{zero,null,urandom,random,full,tty,console} and terminals: what every container has. */
const defaultRules: LinuxDeviceCgroup[] = [
  { allow: false, access: "rwm" },
  character(1, 5),
  character(1, 3),
  character(1, 9),
  character(1, 8),
  character(1, 7),
  character(5, 0),
  character(5, 1),
  character(5, 2),
  character(136),
  // Nodes of any kind may be made, as CAP_MKNOD is there; using them is what the rules forbid.
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
];

/** The device nodes of a container and the rules of its device cgroup. */
export function devicesFor(hostConfig: HostConfig): DeviceSet {
  const mappings = hostConfig.Devices ?? [];
  if (hostConfig.Privileged) {
    const extra = mappings.filter((mapping) => mapping.PathOnHost !== mapping.PathInContainer);
    return {
      devices: [
        ...hostDevices(),
        ...extra.flatMap(
          (mapping) => devicesFromPath(mapping.PathOnHost, mapping.PathInContainer, "rwm").devices,
        ),
      ],
      rules: [{ allow: true, access: "rwm" }],
    };
  }
  const mapped = mappings.map((mapping) =>
    devicesFromPath(mapping.PathOnHost, mapping.PathInContainer, mapping.CgroupPermissions || "rwm"),
  );
  return {
    devices: mapped.flatMap((set) => set.devices),
    rules: [
      ...defaultRules,
      ...mapped.flatMap((set) => set.rules),
      ...(hostConfig.DeviceCgroupRules ?? []).map(parseDeviceRule),
    ],
  };
}

/** `c 1:* rwm`, the form of the kernel's devices.allow (cgroup-v1/devices.rst). */
export function parseDeviceRule(rule: string): LinuxDeviceCgroup {
  const match = /^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$/.exec(rule);
  if (match === null) throw invalid(`invalid device cgroup rule format: '${rule}'`);
  return {
    allow: true,
    type: match[1] as "a" | "b" | "c",
    ...(match[2] === "*" ? {} : { major: Number(match[2]) }),
    ...(match[3] === "*" ? {} : { minor: Number(match[3]) }),
    access: match[4] ?? "rwm",
  };
}

/** One device, or all below a directory such as /dev/snd. */
function devicesFromPath(path: string, inContainer: string, access: string): DeviceSet {
  const failure = (cause: unknown) =>
    invalid(
      `error gathering device information while adding custom device "${path}": no such file or directory`,
      {
        cause,
      },
    );
  let resolved: string;
  let stats: Stats;
  try {
    resolved = realpathSync(path);
    stats = lstatSync(resolved);
  } catch (cause) {
    throw failure(cause);
  }
  const single = deviceAt(inContainer, stats);
  if (single !== undefined) return { devices: [single], rules: [ruleFor(single, access)] };
  if (!stats.isDirectory()) {
    throw invalid(
      `error gathering device information while adding custom device "${path}": not a device node`,
    );
  }
  const devices = walk(resolved, inContainer);
  return { devices, rules: devices.map((device) => ruleFor(device, access)) };
}

const ruleFor = (device: LinuxDevice, access: string): LinuxDeviceCgroup => ({
  allow: true,
  type: device.type as "b" | "c",
  ...(device.major === undefined ? {} : { major: device.major }),
  ...(device.minor === undefined ? {} : { minor: device.minor }),
  access,
});

function deviceAt(inContainer: string, stats: Stats): LinuxDevice | undefined {
  const type = stats.isBlockDevice() ? "b" : stats.isCharacterDevice() ? "c" : undefined;
  if (type === undefined) return undefined;
  return {
    path: inContainer,
    type,
    major: majorOf(stats.rdev),
    minor: minorOf(stats.rdev),
    fileMode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
  };
}

/** Directories of /dev that are file systems of their own, which each container has anew. */
const ownFileSystems = new Set(["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console"]);

function hostDevices(): LinuxDevice[] {
  return walk("/dev", "/dev");
}

function walk(directory: string, inContainer: string): LinuxDevice[] {
  const result: LinuxDevice[] = [];
  for (const name of readdirSync(directory)) {
    if (ownFileSystems.has(name)) continue;
    const path = join(directory, name);
    try {
      const stats = lstatSync(path);
      if (stats.isDirectory()) result.push(...walk(path, join(inContainer, name)));
      const device = deviceAt(join(inContainer, name), stats);
      if (device !== undefined) result.push(device);
    } catch (error) {
      // Device nodes come and go while we look.
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
  return result;
}
