import { quote } from "../quote.ts";
import { didYouMean } from "../suggest.ts";
import { csvFields } from "./csv.ts";
import { Misuse } from "./misuse.ts";
import { readBoolean, readMemory, readUnsigned } from "./values.ts";

export type MountType = "bind" | "cache" | "tmpfs" | "secret" | "ssh";

/** `RUN --mount=…`, with its options as they are given. (Dockerfile reference, "RUN --mount") */
export interface Mount {
  type: MountType;
  /** A stage, a context or an image; empty: the build context, or nothing for caches. */
  from: string;
  source: string;
  target: string;
  readonly: boolean;
  /** Bytes of a tmpfs. */
  size?: number;
  /** Of a cache, a secret or an agent. */
  id: string;
  sharing?: "shared" | "private" | "locked";
  required: boolean;
  /** The variable that has a secret. */
  env?: string;
  mode?: number;
  uid?: number;
  gid?: number;
}

type Expand = (word: string) => string;

const types = ["bind", "cache", "tmpfs", "secret", "ssh"] as const;
const sharings = ["shared", "private", "locked"] as const;

/** Where a mount is from, which must be known before there are variables. */
export function mountFrom(text: string): string {
  let from = "";
  for (const field of csvFields(text)) {
    const [key, value] = keyAndValue(field);
    if (key !== "from" || value === undefined) continue;
    const dollar = value.indexOf("$");
    if (dollar >= 0 && dollar !== value.length - 1)
      throw new Misuse("'from' doesn't support variable expansion, define alias stage instead");
    from = value;
  }
  return from;
}

/** Reads a mount's options and checks them, in BuildKit's words. */
export function parseMount(text: string, expand: Expand): Mount {
  const mount: Mount = {
    type: "bind",
    from: "",
    source: "",
    target: "",
    readonly: true,
    id: "",
    required: false,
  };
  let explicit = false;
  for (const field of csvFields(text)) {
    const [key, value] = keyAndValue(field);
    const option = options[key];
    if (value === undefined && !["readonly", "ro", "readwrite", "rw", "required"].includes(key))
      throw new Misuse(`invalid field '${field}' must be a key=value pair`);
    if (option === undefined)
      throw new Misuse(`unexpected key '${key}' in '${field}'${didYouMean(key, Object.keys(options))}`);
    option(mount, value === undefined ? "true" : expand(value), key);
    explicit ||= ["readonly", "ro", "readwrite", "rw"].includes(key);
  }
  if (!explicit) mount.readonly = mount.type !== "cache" && mount.type !== "tmpfs";
  check(mount);
  return mount;
}

function keyAndValue(field: string): [string, string | undefined] {
  const equals = field.indexOf("=");
  return equals < 0
    ? [field.toLowerCase(), undefined]
    : [field.slice(0, equals).toLowerCase(), field.slice(equals + 1)];
}

type Option = (mount: Mount, value: string, key: string) => void;

const setSource: Option = (mount, value) => {
  mount.source = value;
};
const setTarget: Option = (mount, value) => {
  mount.target = value;
};
const setReadonly: Option = (mount, value, key) => {
  mount.readonly = readBoolean(value, key);
};
const setWritable: Option = (mount, value, key) => {
  mount.readonly = !readBoolean(value, key);
};

const options: Readonly<Record<string, Option>> = {
  type: (mount, value) => {
    const type = types.find((name) => name === value.toLowerCase());
    if (type === undefined)
      throw new Misuse(`unsupported mount type ${quote(value)}${didYouMean(value, types)}`);
    mount.type = type;
  },
  from: (mount, value) => {
    mount.from = value;
  },
  source: setSource,
  src: setSource,
  target: setTarget,
  dst: setTarget,
  destination: setTarget,
  readonly: setReadonly,
  ro: setReadonly,
  readwrite: setWritable,
  rw: setWritable,
  required: (mount, value, key) => {
    if (mount.type !== "secret" && mount.type !== "ssh") unexpected(key, mount);
    mount.required = readBoolean(value, key);
  },
  size: (mount, value, key) => {
    if (mount.type !== "tmpfs") unexpected(key, mount);
    mount.size = readMemory(value, key);
  },
  id: (mount, value) => {
    mount.id = value;
  },
  sharing: (mount, value) => {
    const sharing = sharings.find((name) => name === value.toLowerCase());
    if (sharing === undefined)
      throw new Misuse(`unsupported sharing value ${quote(value)}${didYouMean(value, sharings)}`);
    mount.sharing = sharing;
  },
  mode: (mount, value, key) => {
    mount.mode = readUnsigned(value, key, 8);
  },
  uid: (mount, value, key) => {
    mount.uid = readUnsigned(value, key, 10);
  },
  gid: (mount, value, key) => {
    mount.gid = readUnsigned(value, key, 10);
  },
  env: (mount, value) => {
    mount.env = value;
  },
};

function unexpected(key: string, { type }: Mount): never {
  throw new Misuse(`unexpected key '${key}' for mount type '${type}'`);
}

function check(mount: Mount): void {
  const { type, sharing } = mount;
  if (type === "bind" || type === "tmpfs")
    for (const key of ["mode", "uid", "gid"] as const)
      if (mount[key] !== undefined) throw new Misuse(`${key} not allowed for "${type}" type mounts`);
  if (type === "secret") checkSecret(mount);
  if (type === "ssh" && mount.source !== "") throw new Misuse("ssh does not support source");
  if (sharing !== undefined && type !== "cache")
    throw new Misuse(`invalid cache sharing set for ${type} mount`);
}

function checkSecret({ from, sharing, source, target, id }: Mount): void {
  if (from !== "") throw new Misuse("secret mount should not have a from");
  if (sharing !== undefined) throw new Misuse("secret mount should not define sharing");
  if (source === "" && target === "" && id === "")
    throw new Misuse("invalid secret mount. one of source, target required");
  if (source !== "" && id !== "") throw new Misuse("both source and id can't be set");
}
