import { realpathSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestOf } from "../../../oci/digest.ts";
import { RememberedChecksums } from "../../cache/index.ts";
import { canonicalJson } from "../../graph/index.ts";
import type { BuiltLayer, Result } from "../../solver/model.ts";
import type { OpRooms } from "../rooms.ts";
import { mountInput } from "../tree.ts";
import { Workplace } from "../workplace.ts";
import { DirectoryChecksums } from "./directories.ts";
import { measure } from "./measure.ts";
import type { Checksums, Selection } from "./model.ts";

type Layers = readonly BuiltLayer[];

/**
 * Checksums of what steps take from trees. Those of layers never change and are remembered in the metastore; of other
 * people's directories the digests of single files are, in one file a directory.
 */
export class ContentChecksums implements Checksums {
  readonly #layers: RememberedChecksums;
  readonly #directories: DirectoryChecksums;

  constructor(private readonly rooms: OpRooms) {
    const root = join(rooms.images.dataRoot, "build", "contexts");
    this.#directories = new DirectoryChecksums(root, realpathSync(rooms.images.dataRoot));
    this.#layers = new RememberedChecksums(rooms.metastore);
  }

  async of(tree: Result | undefined, selection: Selection, signal: AbortSignal): Promise<Digest> {
    if (tree?.kind === "directory") return await this.#directories.of(tree, selection, signal);
    const layers = tree?.layers ?? [];
    const top = layers.at(-1);
    const selector = canonicalJson(selection);
    // Of the whole tree its name says enough.
    if (top === undefined || isWhole(selection))
      return digestOf(canonicalJson([top?.chainID ?? null, selector]));
    const known = this.#layers.get(top.chainID, selector);
    if (known !== undefined) return known;
    const checksum = await this.#measure(layers, selection, signal);
    this.#layers.set(top.chainID, selector, checksum);
    return checksum;
  }

  async #measure(layers: Layers, selection: Selection, signal: AbortSignal): Promise<Digest> {
    const { engine } = this.rooms;
    const workplace = Workplace.open(engine.config.execRoot);
    try {
      const root = mountInput(this.rooms, workplace, { kind: "layers", layers }, "tree");
      const tree = { root, ignore: [], foreign: false };
      const { told: digests, ended } = measure({ tree, selections: [selection] }, signal);
      const [digest] = await digests;
      await ended;
      return digest as Digest;
    } finally {
      engine.background.run("unmount what was measured", () => workplace.close());
    }
  }
}

const isWhole = ({ sources, exclude }: Selection): boolean =>
  exclude.length === 0 && sources.length === 1 && sources[0] === "/";
