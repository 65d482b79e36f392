import { posix } from "node:path";
import type { DeviceMapping, DeviceRequest, ThrottleDevice, WeightDevice } from "../../api/index.ts";
import { parseInteger } from "../flags/scalar.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "./csv.ts";
import { toMap } from "./key-values.ts";
import { parseBytes } from "./size.ts";

const isMode = (text: string) => /^[rwm]+$/.test(text) && new Set(text).size === text.length;

/** `vendor.com/class=name`, a device of the Container Device Interface. */
export const isCdiName = (text: string) =>
  /^[a-zA-Z][\w.-]*[a-zA-Z0-9]\/[a-zA-Z][\w-]*=[a-zA-Z0-9][\w.:-]*$/.test(text);

/** `/dev/x`, `/dev/x:rwm`, `/dev/x:/dev/y` or `/dev/x:/dev/y:rwm`. */
export function parseDevice(text: string): DeviceMapping {
  const parts = text.split(":");
  if (parts.length > 3 || parts[0] === "") throw wrong(`bad format for path: ${text}`);
  const [source = "", second, third] = parts;
  const onlyMode = second !== undefined && third === undefined && isMode(second);
  const target = second === undefined || onlyMode ? source : second;
  if (third !== undefined && !isMode(third)) throw wrong(`bad mode specified: ${third}`);
  if (!target.startsWith("/")) throw wrong(`${target} is not an absolute path`);
  const clean = second === undefined || onlyMode ? posix.normalize(source).replace(/(.)\/$/, "$1") : source;
  return {
    PathOnHost: clean,
    PathInContainer: target === source ? clean : target,
    CgroupPermissions: third ?? (onlyMode ? second : "rwm"),
  };
}

function devicePath(text: string, format: string): [string, string] {
  const [path, value] = cut(text, ":");
  if (value === undefined || path === "") throw wrong(`bad format: ${text}`);
  if (!path.startsWith("/dev/")) throw wrong(`bad format for device path: ${text}`);
  if (value === "") throw wrong(`invalid ${format} for device: ${text}`);
  return [path, value];
}

export function parseWeightDevice(text: string): WeightDevice {
  const [path, value] = devicePath(text, "weight");
  const weight = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(weight === 0 || (weight >= 10 && weight <= 1000))) throw wrong(`invalid weight for device: ${text}`);
  return { Path: path, Weight: weight };
}

export function parseThrottleBytes(text: string): ThrottleDevice {
  const [path, value] = devicePath(text, "rate");
  try {
    return { Path: path, Rate: parseBytes(value) };
  } catch {
    const format =
      "The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb";
    throw wrong(`invalid rate for device: ${text}. ${format}`);
  }
}

export function parseThrottleRate(text: string): ThrottleDevice {
  const [path, value] = devicePath(text, "rate");
  if (!/^\d+$/.test(value)) {
    throw wrong(
      `invalid rate for device: ${text}. The correct format is <device-path>:<number>. Number must be a positive integer`,
    );
  }
  return { Path: path, Rate: Number(value) };
}

/** `all`, a count, or `device=…,capabilities=…,driver=…,options=…`. */
export function parseGpus(text: string): DeviceRequest {
  const request: DeviceRequest = { Driver: "", Count: 0, DeviceIDs: null, Capabilities: null, Options: null };
  const seen = new Set<string>();
  for (const field of csvFields(text)) {
    const [key, value] = cut(field, "=");
    if (seen.has(key)) throw wrong(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    if (value === undefined || key === "count") {
      seen.add("count");
      request.Count = gpuCount(value ?? key);
    } else if (key === "driver") request.Driver = value;
    else if (key === "device") request.DeviceIDs = value.split(",");
    else if (key === "capabilities") request.Capabilities = [[...value.split(","), "gpu"]];
    else if (key === "options") request.Options = toMap(csvFields(value));
    else throw wrong(`unexpected key '${key}' in '${field}'`);
  }
  if (!seen.has("count") && request.DeviceIDs === null) request.Count = 1;
  request.Options ??= {};
  request.Capabilities ??= [["gpu"]];
  return request;
}

function gpuCount(text: string): number {
  if (text === "all") return -1;
  try {
    return parseInteger(text);
  } catch {
    throw wrong(`invalid count (${text}): value must be either "all" or an integer: invalid syntax`);
  }
}
