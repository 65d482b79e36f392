import type { ExecMount, ExecOp } from "../../../graph/index.ts";
import { prepareBind } from "./bind.ts";
import { prepareCache } from "./cache.ts";
import { prepareHostBind } from "./host.ts";
import type { MountContext, PreparedMount } from "./model.ts";
import { prepareSecret } from "./secret.ts";
import { prepareSsh } from "./ssh.ts";

export { CacheMounts } from "./cache-mounts.ts";
export type { PreparedMount } from "./model.ts";

/** The mounts of a RUN step, in the order in which it names them, and those of the whole build. */
export async function prepareMounts(context: MountContext, op: ExecOp): Promise<PreparedMount[]> {
  const prepared = (op.limits?.binds ?? []).map(prepareHostBind);
  // One after the other: each may wait for a cache, and all in the same order.
  for (const [number, mount] of inOrder(op.mounts).entries())
    prepared.push(await prepare(context, mount, number));
  return prepared;
}

/** Those that wait for others come in one order in every step, or two steps could wait for each other. */
function inOrder(mounts: readonly ExecMount[]): ExecMount[] {
  const locked = mounts.filter((mount) => mount.type === "cache");
  const others = mounts.filter((mount) => mount.type !== "cache");
  return [...locked.sort((a, b) => (a.id < b.id ? -1 : 1)), ...others];
}

async function prepare(context: MountContext, mount: ExecMount, number: number): Promise<PreparedMount> {
  switch (mount.type) {
    case "bind":
      return await prepareBind(context, mount, number);
    case "cache":
      return await prepareCache(context, mount, number);
    case "secret":
      return await prepareSecret(context, mount, number);
    case "ssh":
      return await prepareSsh(context, mount, number);
    case "tmpfs":
      return { mount: tmpfs(mount), isFile: false, env: [] };
  }
}

function tmpfs({ target, size }: Extract<ExecMount, { type: "tmpfs" }>) {
  const limit = size === undefined || size === 0 ? [] : [`size=${size}`];
  return {
    destination: target,
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "nodev", "noexec", ...limit],
  };
}
