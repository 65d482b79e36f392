import { type Digest, digestOf } from "../../../oci/digest.ts";
import { canonicalJson, type FileOp } from "../../graph/index.ts";
import type { OpJob, Result } from "../../solver/model.ts";
import type { Checksums } from "../content/model.ts";

/** Of what is changed, all may matter (links, accounts); of what is copied, only that. */
export async function fileKey(
  checksums: Checksums,
  { actions, time }: FileOp,
  inputs: readonly Result[],
  job: OpJob,
): Promise<Digest> {
  const base = inputs[0];
  const below = base?.kind === "layers" ? (base.layers.at(-1)?.chainID ?? null) : null;
  const parts = await Promise.all(
    actions.map(async (action) => {
      if (action.action !== "copy") return action;
      const { input, sources, exclude, parents, ...rest } = action;
      const selection = { sources, exclude, parents };
      const content = await checksums.of(inputs[input], selection, job.signal);
      return { ...rest, sources, exclude, parents, content };
    }),
  );
  return digestOf(canonicalJson(["file", time ?? null, below, parts]));
}
