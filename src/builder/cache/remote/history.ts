import type { Image } from "../../../images/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { History } from "../../../oci/image.ts";
import { isSamePlatform } from "../../../oci/match-platform.ts";
import { ownLayers } from "../../exporter/config.ts";
import type { Vertex } from "../../graph/index.ts";
import type { BuildJob } from "../../job.ts";
import type { AskedStep, BuiltLayer, ResultCache } from "../../solver/index.ts";
import type { BuildTarget } from "../../target.ts";

/**
 * An image that is here, for its history alone: a RUN counts as done when the image has the same layers below it, and the same
 * instructions up to it. What COPY and ADD take no history says; they are done, and when the same layer comes of them, what is behind
 * them is found again. Any builder may have made the image. (moby daemon/images/cache.go)
 */
export class HistoryCache implements ResultCache {
  readonly #texts: ReadonlyMap<Digest, string>;

  constructor(
    private readonly job: BuildJob,
    private readonly image: Image,
    targets: readonly BuildTarget[],
  ) {
    this.#texts = new Map(targets.flatMap((target) => [...textsOf(target)]));
  }

  async lookup(
    _key: Digest,
    _signal: AbortSignal,
    step: AskedStep,
  ): Promise<readonly BuiltLayer[] | undefined> {
    const { vertex, inputs } = step;
    const [base, ...others] = inputs;
    const { op } = vertex;
    if (op.kind !== "exec" || op.mounts.length > 0 || others.length > 0 || base?.kind !== "layers")
      return undefined;
    const { chain, config } = this.image;
    const at = base.layers.length;
    const chainID = chain[at];
    if (chainID === undefined || base.layers.at(-1)?.chainID !== chain[at - 1]) return undefined;
    if (!isSamePlatform(config, op.platform)) return undefined;
    const entry = entryOf(config.history ?? [], at, chain.length);
    if (entry === undefined || this.#texts.get(vertex.digest) !== entry.text) return undefined;
    const { snapshots } = this.job.rooms.open.imageRooms;
    if (!snapshots.has(chainID)) return undefined;
    this.job.lease.chains.add(chainID);
    const { size } = await snapshots.usage(chainID);
    const created = entry.created ?? config.created ?? new Date(0).toISOString();
    const diffID = config.rootfs.diff_ids[at] as Digest;
    return [...base.layers, { chainID, diffID, size, created }];
  }
}

/** What a target's history says up to each of its steps, from the topmost down: each made a layer, or nothing is known of them. */
function textsOf({ tree, history }: BuildTarget): Map<Digest, string> {
  const steps: Vertex[] = [];
  for (let step = tree; step !== undefined && isStep(step); step = step.inputs[0]) steps.unshift(step);
  if (steps.length !== ownLayers(history)) return new Map();
  const ends = history.flatMap((entry, at) =>
    entry.empty_layer || entry.created !== undefined ? [] : [at + 1],
  );
  return new Map(steps.map(({ digest }, at) => [digest, textOf(history.slice(0, ends[at]))]));
}

const isStep = ({ op }: Vertex): boolean => ["exec", "file", "link"].includes(op.kind);

/** Of an image's layer. Histories may lack their beginning: the last entries belong to the topmost layers. */
function entryOf(history: readonly History[], layer: number, layers: number) {
  const ends = history.flatMap((entry, at) => (entry.empty_layer ? [] : [at + 1]));
  const end = ends[ends.length - layers + layer];
  if (end === undefined) return undefined;
  return { text: textOf(history.slice(0, end)), created: history[end - 1]?.created };
}

const textOf = (history: readonly History[]): string =>
  JSON.stringify(history.map((entry) => [instruction(entry.created_by ?? ""), entry.empty_layer === true]));

/** The classic builder's `/bin/sh -c #(nop)  ENV a=b` is `ENV a=b`, and its `/bin/sh -c make` is `RUN /bin/sh -c make # buildkit`. */
function instruction(text: string): string {
  return text
    .replace(/^.*?#\(nop\)\s+/, "")
    .replace(/^RUN /, "")
    .replace(/ # buildkit$/, "")
    .trim();
}
