import { invalid } from "../errors/index.ts";

/** Options of mount(8) as mount(2) takes them. */
export interface MountOptions {
  flags: number;
  /** Each is a call of its own. */
  propagation: number[];
  /** What the file system itself is told. */
  data: string[];
}

/** Bits that a word sets, or clears (`rw`, `dev`, `suid`, `exec`). */
const flags: Readonly<Record<string, { set?: number; clear?: number }>> = {
  defaults: {},
  ro: { set: 1 },
  rw: { clear: 1 },
  nosuid: { set: 2 },
  suid: { clear: 2 },
  nodev: { set: 4 },
  dev: { clear: 4 },
  noexec: { set: 8 },
  exec: { clear: 8 },
  sync: { set: 16 },
  async: { clear: 16 },
  remount: { set: 32 },
  dirsync: { set: 128 },
  nosymfollow: { set: 256 },
  symfollow: { clear: 256 },
  noatime: { set: 1024 },
  atime: { clear: 1024 },
  nodiratime: { set: 2048 },
  diratime: { clear: 2048 },
  bind: { set: 4096 },
  rbind: { set: 4096 | 16384 },
  relatime: { set: 1 << 21 },
  norelatime: { clear: 1 << 21 },
  strictatime: { set: 1 << 24 },
  lazytime: { set: 1 << 25 },
};

const recursive = 16384;
const propagations: Readonly<Record<string, number>> = {
  unbindable: 1 << 17,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
};

/** Sorts options into flags, propagation and what the file system is told; later ones win. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  const parsed: MountOptions = { flags: 0, propagation: [], data: [] };
  for (const option of options) {
    const propagation = propagationOf(option);
    const flag = Object.hasOwn(flags, option) ? flags[option] : undefined;
    if (option.includes("\0")) throw invalid("a mount option holds a NUL byte");
    if (propagation !== undefined) parsed.propagation.push(propagation);
    else if (flag === undefined) parsed.data.push(option);
    else parsed.flags = (parsed.flags | (flag.set ?? 0)) & ~(flag.clear ?? 0);
  }
  return parsed;
}

function propagationOf(option: string): number | undefined {
  if (Object.hasOwn(propagations, option)) return propagations[option];
  const name = option.slice(1);
  if (option.startsWith("r") && Object.hasOwn(propagations, name))
    return (propagations[name] as number) | recursive;
  return undefined;
}
