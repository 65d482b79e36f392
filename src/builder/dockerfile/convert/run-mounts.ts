import type { Edge, ExecMount } from "../../graph/index.ts";
import type { Mount, Run } from "../instructions/index.ts";
import { quote } from "../quote.ts";
import { own } from "./globals.ts";
import { baseName, joinPath } from "./path.ts";
import type { Step } from "./step.ts";

/** The mounts of a RUN; what they need of other trees is added to the inputs. */
export function convertMounts(step: Step<Run>, mounts: readonly Mount[], inputs: Edge[]): ExecMount[] {
  let agents = 0;
  return mounts.map((mount, index) => {
    if (mount.type === "secret") return secret(mount);
    if (mount.type === "ssh") return agent(mount, agents++);
    const target = targetOf(step, mount);
    if (mount.type === "tmpfs") return tmpfs(mount, target);
    const input = inputOf(step, mount, index, inputs);
    const source = joinPath("/", mount.source);
    if (mount.type === "bind") return { type: "bind", target, input, source, writable: !mount.readonly };
    return cache(mount, { target, input, source, id: cacheId(step, mount) });
  });
}

/** Relative targets are below the working directory. */
function targetOf(step: Step<Run>, { target }: Mount): string {
  const path = joinPath(step.state.workdir, target);
  return path === "/" ? step.fail(`invalid mount target ${quote("/")}`) : path;
}

/** Index of the tree that a mount shows; -1: an empty one. Trees that are there already are not added again. */
function inputOf(step: Step<Run>, mount: Mount, index: number, inputs: Edge[]): number {
  const source = step.planned.sources[index];
  if (source !== undefined && !source.dispatched) {
    const what = `cannot mount from stage ${quote(mount.from)} to ${quote(mount.target)}`;
    step.fail(`${what}, stage needs to be defined before current command`);
  }
  const ofContext = mount.type === "bind" ? step.conversion.context : undefined;
  const tree = source === undefined ? ofContext : source.tree;
  if (tree === undefined) return -1;
  const known = inputs.findIndex((input, at) => at > 0 && input?.digest === tree.digest);
  return known > 0 ? known : inputs.push(tree) - 1;
}

function cache(
  { sharing, readonly, mode, uid, gid }: Mount,
  place: { target: string; input: number; source: string; id: string },
): ExecMount {
  return {
    type: "cache",
    ...place,
    sharing: sharing ?? "shared",
    readonly,
    mode: mode ?? 0o755,
    uid: uid ?? 0,
    gid: gid ?? 0,
  };
}

/** Its target without detours, where it has none; in the namespace that a build argument gives. */
function cacheId({ conversion }: Step<Run>, { id, target }: Mount): string {
  const path = joinPath("/", target);
  const named = id || (target.startsWith("/") ? path : path.slice(1) || ".");
  const namespace = own(conversion.options.buildArgs, "BUILDKIT_CACHE_MOUNT_NS");
  return namespace ? `${namespace}/${named}` : named;
}

function tmpfs({ size }: Mount, target: string): ExecMount {
  return { type: "tmpfs", target, ...(size === undefined || size === 0 ? {} : { size }) };
}

function secret({ id: given, source, target, env, required, mode, uid, gid }: Mount): ExecMount {
  const id = source || given || baseName(target);
  const file = target || (env === undefined ? `/run/secrets/${baseName(id)}` : undefined);
  return {
    type: "secret",
    id,
    ...(file === undefined ? {} : { target: file }),
    ...(env === undefined ? {} : { env }),
    required,
    mode: mode ?? 0o400,
    uid: uid ?? 0,
    gid: gid ?? 0,
  };
}

function agent({ id, target, required, mode, uid, gid }: Mount, index: number): ExecMount {
  return {
    type: "ssh",
    id: id || "default",
    target: target || `/run/buildkit/ssh_agent.${index}`,
    required,
    mode: mode ?? 0o600,
    uid: uid ?? 0,
    gid: gid ?? 0,
  };
}
