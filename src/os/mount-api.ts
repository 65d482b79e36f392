import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { check, cstring, libc } from "./libc.ts";

/* Calls of the newer mount interface; their numbers are the same on every architecture. */
const SYS_move_mount = 429;
const SYS_fsopen = 430;
const SYS_fsconfig = 431;
const SYS_fsmount = 432;
const CLOEXEC = 1;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const AT_FDCWD = -100;

/** Flags of mount(2) with the attributes of fsmount(2) that mean the same. */
const attributes: readonly [flag: number, attribute: number][] = [
  [1, 0x1],
  [2, 0x2],
  [4, 0x4],
  [8, 0x8],
  [1024, 0x10],
  [2048, 0x80],
  [1 << 24, 0x20],
];

export function attributesOf(flags: number): number {
  return attributes.reduce((sum, [flag, attribute]) => ((flags & flag) === 0 ? sum : sum | attribute), 0);
}

/**
 * Mounts by fsopen(2), fsconfig(2), fsmount(2) and move_mount(2), which take each option by itself, so that all of
 * them together may be longer than a page. Overlay's `lowerdir` becomes one `lowerdir+` a layer (Linux 6.8).
 */
export function mountLong(
  type: string,
  source: string,
  options: readonly string[],
  attributes: number,
  target: string,
): void {
  const kind = cstring(type);
  const context = check(
    libc.syscall(SYS_fsopen, ptr(kind), CLOEXEC, 0, 0, 0, 0),
    () => `open a ${type} file system`,
  );
  let mounted = -1;
  try {
    configure(context, "source", source);
    for (const option of options) configureOption(context, option);
    const created = libc.syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0, 0);
    check(created, () => `make the ${type} file system for ${target}`);
    mounted = check(
      libc.syscall(SYS_fsmount, context, CLOEXEC, attributes, 0, 0, 0),
      () => `mount a ${type}`,
    );
    const [empty, path] = [cstring(""), cstring(target)];
    const flags = MOVE_MOUNT_F_EMPTY_PATH;
    const moved = libc.syscall(SYS_move_mount, mounted, ptr(empty), AT_FDCWD, ptr(path), flags, 0);
    check(moved, () => `mount a ${type} on ${target}`);
  } finally {
    closeSync(context);
    if (mounted >= 0) closeSync(mounted);
  }
}

function configureOption(context: number, option: string): void {
  const equals = option.indexOf("=");
  const [key, value] = equals < 0 ? [option] : [option.slice(0, equals), option.slice(equals + 1)];
  if (value === undefined) configure(context, option);
  else if (key !== "lowerdir") configure(context, key, value);
  else for (const layer of value.split(":")) configure(context, "lowerdir+", layer);
}

function configure(context: number, key: string, value?: string): void {
  const [name, text] = [cstring(key), cstring(value ?? "")];
  const command = value === undefined ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
  const data = value === undefined ? 0 : ptr(text);
  const result = libc.syscall(SYS_fsconfig, context, command, ptr(name), data, 0, 0);
  check(result, () => `set the mount option ${key}=${value ?? ""}`);
}
