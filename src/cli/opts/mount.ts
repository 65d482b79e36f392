import { resolve } from "node:path";
import type { Mount } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "./csv.ts";
import { parseBytes } from "./size.ts";

const switches = [
  ...["readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"],
  ...["chown", "overlay"],
];

/** `type=bind,source=/a,target=/b,readonly`, as docker's `--mount`; `uid`, `gid`, `chown`, `overlay` are ours. */
export function parseMount(text: string): Mount {
  if (text.trim() === "") throw wrong("value is empty");
  const mount: Mount = { Type: "volume" };
  for (const field of csvFields(text.trim())) {
    const [rawKey, value] = cut(field, "=");
    if (rawKey.trim() !== rawKey) {
      throw wrong(`invalid option '${rawKey.trim()}' in '${field}': option should not have whitespace`);
    }
    if (value?.trim() === "") throw wrong(`invalid value for '${rawKey}': value is empty`);
    if (value !== undefined && value.trim() !== value) {
      throw wrong(`invalid value for '${rawKey}' in '${field}': value should not have whitespace`);
    }
    const key = rawKey.toLowerCase();
    if (value === undefined && !switches.includes(key)) {
      throw wrong(`invalid field '${field}' must be a key=value pair`);
    }
    const apply = Object.hasOwn(setters, key) ? setters[key] : undefined;
    if (apply === undefined) throw wrong(`unexpected key '${key}' in '${field}'`);
    apply(mount, value ?? "true", key);
  }
  check(mount);
  return mount;
}

type Setter = (mount: Mount, value: string, key: string) => void;

function source(mount: Mount, value: string): void {
  mount.Source = value.startsWith(".") ? resolve(value) : value;
}

function target(mount: Mount, value: string): void {
  mount.Target = value;
}

function readOnly(mount: Mount, value: string, key: string): void {
  mount.ReadOnly = flag(key, value);
}

const bind = (mount: Mount) => (mount.BindOptions ??= {});
const volume = (mount: Mount) => (mount.VolumeOptions ??= {});
const driver = (mount: Mount) => (volume(mount).DriverConfig ??= {});
const tmpfs = (mount: Mount) => (mount.TmpfsOptions ??= {});

const setters: Record<string, Setter> = {
  type: (mount, value) => {
    mount.Type = value.toLowerCase() as Mount["Type"] & string;
  },
  source,
  src: source,
  target,
  dst: target,
  destination: target,
  readonly: readOnly,
  ro: readOnly,
  uid: (mount, value, key) => {
    mount.UID = id(key, value);
  },
  gid: (mount, value, key) => {
    mount.GID = id(key, value);
  },
  chown: (mount, value, key) => {
    mount.Chown = flag(key, value);
  },
  overlay: (mount, value, key) => {
    mount.Overlay = flag(key, value);
  },
  consistency: (mount, value) => {
    mount.Consistency = value.toLowerCase();
  },
  "bind-propagation": (mount, value) => {
    bind(mount).Propagation = value.toLowerCase();
  },
  "bind-nonrecursive": (mount, value, key) => {
    bind(mount).NonRecursive = flag(key, value);
  },
  "bind-recursive": recursion,
  "bind-create-src": (mount, value, key) => {
    bind(mount).CreateMountpoint = flag(key, value);
  },
  "volume-subpath": (mount, value) => {
    volume(mount).Subpath = value;
  },
  "volume-nocopy": (mount, value, key) => {
    volume(mount).NoCopy = flag(key, value);
  },
  "volume-label": (mount, value) => {
    volume(mount).Labels = withPair(volume(mount).Labels, value);
  },
  "volume-driver": (mount, value) => {
    driver(mount).Name = value;
  },
  "volume-opt": (mount, value) => {
    driver(mount).Options = withPair(driver(mount).Options, value);
  },
  "image-subpath": (mount, value) => {
    mount.ImageOptions = { Subpath: value };
  },
  "tmpfs-size": (mount, value, key) => {
    tmpfs(mount).SizeBytes = size(key, value);
  },
  "tmpfs-mode": (mount, value, key) => {
    if (!/^[0-7]+$/.test(value)) throw wrong(`invalid value for ${key}: ${value}`);
    tmpfs(mount).Mode = Number.parseInt(value, 8);
  },
};

function recursion(mount: Mount, value: string, key: string): void {
  if (value === "disabled") bind(mount).NonRecursive = true;
  else if (value === "writable") bind(mount).ReadOnlyNonRecursive = true;
  else if (value === "readonly") bind(mount).ReadOnlyForceRecursive = true;
  else if (value !== "enabled") {
    throw wrong(
      `invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
    );
  }
}

function flag(key: string, value: string): boolean {
  if (value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  throw wrong(`invalid value for ${key}: ${value}`);
}

function id(key: string, value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw wrong(`invalid value for ${key}: ${value}: a number is needed`);
  return Number(value);
}

function size(key: string, value: string): number {
  try {
    return parseBytes(value);
  } catch {
    throw wrong(`invalid value for ${key}: ${value}`);
  }
}

function withPair(pairs: Record<string, string> | null | undefined, text: string): Record<string, string> {
  const [key, value = ""] = cut(text, "=");
  return key === "" ? { ...pairs } : { ...pairs, [key]: value };
}

function check(mount: Mount): void {
  const { Type: type = "", BindOptions: options } = mount;
  if (type === ("" as string)) throw wrong("type is required");
  if (!mount.Target) throw wrong("target is required");
  if (options && type !== "bind") throw wrong(`cannot mix 'bind-*' options with mount type '${type}'`);
  if (mount.VolumeOptions && type !== "volume") {
    throw wrong(`cannot mix 'volume-*' options with mount type '${type}'`);
  }
  if (mount.ImageOptions && type !== "image") {
    throw wrong(`cannot mix 'image-*' options with mount type '${type}'`);
  }
  if (mount.TmpfsOptions && type !== "tmpfs") {
    throw wrong(`cannot mix 'tmpfs-*' options with mount type '${type}'`);
  }
  if (options?.ReadOnlyNonRecursive && !mount.ReadOnly) {
    throw wrong("option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction");
  }
  if (!options?.ReadOnlyForceRecursive) return;
  if (!mount.ReadOnly) {
    throw wrong("option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction");
  }
  if (options.Propagation !== "rprivate") {
    throw wrong(
      "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
    );
  }
}
