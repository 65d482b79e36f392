import { type Digest, digestOf } from "../../../oci/digest.ts";
import { canonicalJson, type ExecMount, type ExecOp } from "../../graph/index.ts";
import type { OpJob, Result } from "../../solver/model.ts";
import type { Checksums } from "../content/model.ts";

/** Limits, proxies and what the session lends are no part of what a step makes, nor is what caches hold. */
export async function execKey(
  checksums: Checksums,
  op: ExecOp,
  inputs: readonly Result[],
  job: OpJob,
): Promise<Digest> {
  const { uncachedEnv: _uncached, limits: _limits, mounts, ...rest } = op;
  const root = inputs[0];
  const below = root?.kind === "layers" ? (root.layers.at(-1)?.chainID ?? null) : null;
  const sources = await Promise.all(
    mounts.map(async (mount) => {
      if (mount.type !== "bind" || mount.input < 0) return null;
      const selection = { sources: [mount.source], exclude: [] };
      return await checksums.of(inputs[mount.input], selection, job.signal);
    }),
  );
  return digestOf(canonicalJson(["exec", rest, below, mounts.map(withoutInput), sources]));
}

function withoutInput(mount: ExecMount): unknown {
  if (mount.type !== "bind" && mount.type !== "cache") return mount;
  const { input: _input, ...rest } = mount;
  return rest;
}
