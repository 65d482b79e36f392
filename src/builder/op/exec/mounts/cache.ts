import { digestOf } from "../../../../oci/digest.ts";
import { canonicalJson } from "../../../graph/index.ts";
import { mountInput } from "../../tree.ts";
import { inside } from "./inside.ts";
import type { MountContext, MountOf, PreparedMount } from "./model.ts";

/** `--mount=type=cache`: a directory that outlives the build. */
export async function prepareCache(
  context: MountContext,
  cache: MountOf<"cache">,
  number: number,
): Promise<PreparedMount> {
  const { caches, workplace, job } = context;
  const { id, target, sharing, readonly, mode, uid, gid } = cache;
  const seed = cache.input < 0 ? undefined : seedOf(context, cache, number);
  const name = digestOf(canonicalJson([id, seed?.name ?? null]));
  const lease = await caches.acquire(
    { name, id, sharing, mode, uid, gid, ...(seed === undefined ? {} : { seed: seed.path }) },
    job.signal,
  );
  workplace.atEnd(() => lease.release());
  const options = ["bind", "rprivate", ...(readonly ? ["ro"] : [])];
  return {
    mount: { destination: target, type: "bind", source: lease.path, options },
    isFile: false,
    env: [],
  };
}

/** As in BuildKit, caches that begin with something else are other caches. */
function seedOf(
  { rooms, workplace, inputs }: MountContext,
  { input, source }: MountOf<"cache">,
  number: number,
): { path: string; name: unknown } {
  const tree = inputs[input];
  const root = mountInput(rooms, workplace, tree, `mounts/${number}.seed`);
  const origin = tree?.kind === "directory" ? tree.path : tree?.layers.at(-1)?.chainID;
  return { path: inside(root, source).path, name: [origin ?? null, source] };
}
