import type {
  ContainerUpdateRequest,
  DeviceMapping,
  DeviceRequest,
  Resources,
  RestartPolicy,
  ThrottleDevice,
  Ulimit,
  WeightDevice,
} from "../../api/index.ts";
import { boolean, type Fields, integer, list, map, object, string, word } from "./decode.ts";
import { publishFields } from "./network.ts";

const throttleDevices = list(object<ThrottleDevice>({ Path: string, Rate: integer }));

export const resourceFields: Fields<Resources> = {
  CpuShares: integer,
  Memory: integer,
  NanoCpus: integer,
  CgroupParent: string,
  BlkioWeight: integer,
  BlkioWeightDevice: list(object<WeightDevice>({ Path: string, Weight: integer })),
  BlkioDeviceReadBps: throttleDevices,
  BlkioDeviceWriteBps: throttleDevices,
  BlkioDeviceReadIOps: throttleDevices,
  BlkioDeviceWriteIOps: throttleDevices,
  CpuPeriod: integer,
  CpuQuota: integer,
  CpuRealtimePeriod: integer,
  CpuRealtimeRuntime: integer,
  CpusetCpus: string,
  CpusetMems: string,
  Devices: list(
    object<DeviceMapping>({ PathOnHost: string, PathInContainer: string, CgroupPermissions: string }),
  ),
  DeviceCgroupRules: list(string),
  DeviceRequests: list(
    object<DeviceRequest>({
      Driver: string,
      Count: integer,
      DeviceIDs: list(string),
      Capabilities: list(list(string)),
      Options: map(string),
    }),
  ),
  KernelMemory: integer,
  KernelMemoryTCP: integer,
  MemoryReservation: integer,
  MemorySwap: integer,
  MemorySwappiness: integer,
  OomKillDisable: boolean,
  PidsLimit: integer,
  Ulimits: list(object<Ulimit>({ Name: string, Soft: integer, Hard: integer })),
  CpuCount: integer,
  CpuPercent: integer,
  IOMaximumIOps: integer,
  IOMaximumBandwidth: integer,
};

export const restartPolicy = object<RestartPolicy>({ Name: word(), MaximumRetryCount: integer });

export const containerUpdate = object<ContainerUpdateRequest>({
  ...resourceFields,
  ...publishFields,
  RestartPolicy: restartPolicy,
});
