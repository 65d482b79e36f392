import { realpathSync } from "node:fs";
import { invalid } from "../../../errors/index.ts";
import { type MountInfo, readMountInfo } from "../../../os/mountinfo.ts";

/** A mount inside can pass events on, or receive them, only where the mount that holds its source does. */
export function checkPropagation(source: string, options: readonly string[]): void {
  const shared = options.includes("shared") || options.includes("rshared");
  const slave = options.includes("slave") || options.includes("rslave");
  if (!shared && !slave) return;
  const holder = holderOf(source);
  if (shared ? isShared(holder) : canFollow(holder)) return;
  const kind = shared ? "a shared" : "a shared or slave";
  throw invalid(
    `path ${source} is mounted on ${holder?.target} but it is not ${kind} mount: ` +
      `make it one with 'mount --make-rshared ${holder?.target}', or choose another propagation`,
  );
}

/**
 * What holds the engine's data, or lies in it, is mounted as a slave unless asked otherwise: the container would hold
 * on to other containers' mounts. Docker's rule; private where the host's mounts are.
 */
export function propagationOf(source: string, asked: string, dataRoot: string): string {
  const within = (path: string, directory: string) =>
    `${path}/`.startsWith(`${directory.replace(/\/$/, "")}/`);
  if (!within(source, dataRoot) && !within(dataRoot, source)) return asked;
  if (asked === "") return canFollow(holderOf(dataRoot)) ? "rslave" : "";
  if (asked === "rslave" || asked === "rshared") return asked;
  throw invalid(
    'invalid mount config: must use either propagation mode "rslave" or "rshared" when mount source is within the ' +
      `daemon root, daemon root: "${dataRoot}", bind mount source: "${source}", propagation: "${asked}"`,
  );
}

/** The mount that a path lies on: the longest that leads to it, the last of those that lie on each other. */
function holderOf(path: string): MountInfo | undefined {
  const real = realpathSync(path);
  const leading = readMountInfo().filter(
    ({ target }) => target === "/" || `${real}/`.startsWith(`${target}/`),
  );
  return leading.reduce<MountInfo | undefined>(
    (best, each) => (best === undefined || each.target.length >= best.target.length ? each : best),
    undefined,
  );
}

const isShared = (mount: MountInfo | undefined) =>
  mount?.propagation.some((tag) => tag.startsWith("shared:"));
const canFollow = (mount: MountInfo | undefined) =>
  mount?.propagation.some((tag) => tag.startsWith("shared:") || tag.startsWith("master:")) ?? false;
