/** Caches that are kept outside of this engine: in registries, in directories, in images themselves. */
import type { BuildCacheOption } from "../../../api/build.ts";
import type { BuildJob } from "../../job.ts";
import { internalStep } from "../../progress/index.ts";
import type { ResultCache } from "../../solver/index.ts";
import type { BuildTarget } from "../../target.ts";
import type { RemoteRecords } from "./document.ts";
import { HistoryCache } from "./history.ts";
import { readRecords } from "./import.ts";
import { ImportedCache } from "./imported-cache.ts";
import { readInlineCache } from "./inline.ts";
import { layoutSource } from "./layout.ts";
import type { CacheSource } from "./medium.ts";
import { required, unknownType } from "./options.ts";
import { registrySource } from "./registry.ts";

export { type CacheContents, checkExports, exportCaches } from "./export.ts";
export { inlineCache, wantsInlineCache } from "./inline.ts";

/** The caches that a build imports. To be disposed of when the build is over. */
export class Imports implements AsyncDisposable {
  private constructor(
    private readonly caches: readonly ImportedCache[],
    private readonly histories: readonly HistoryCache[],
  ) {}

  /** One that cannot be read is told and left out; only what is wrong with the request is an error. */
  static async open(job: BuildJob, targets: readonly BuildTarget[]): Promise<Imports> {
    const sources = (job.request.CacheFrom ?? []).map((option) => ({
      option,
      source: sourceOf(job, option),
    }));
    const opened = await Promise.all(sources.map(({ option, source }) => openOne(job, option, source)));
    const histories = (job.request.CacheFrom ?? []).flatMap((option) => historyOf(job, option, targets));
    return new Imports(
      opened.filter((cache) => cache !== undefined),
      histories,
    );
  }

  get all(): readonly ResultCache[] {
    return [...this.caches, ...this.histories];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.caches.map((cache) => cache[Symbol.asyncDispose]()));
  }
}

function sourceOf(job: BuildJob, option: BuildCacheOption): CacheSource {
  const { Type, Attributes } = option;
  // What is inline is found with its image, in a registry.
  if (["registry", "inline", "image"].includes(Type))
    return registrySource(job, required(option, "ref", "importer"));
  if (Type === "local") {
    const name = Attributes.digest ?? Attributes.tag ?? "latest";
    return layoutSource(required(option, "src", "importer"), name);
  }
  throw unknownType(Type, "importer");
}

async function openOne(
  job: BuildJob,
  option: BuildCacheOption,
  source: CacheSource,
): Promise<ImportedCache | undefined> {
  try {
    return await internalStep(
      job.progress,
      `importing cache manifest from ${option.Type} ${source.name}`,
      async () => {
        const here = ofLocalImage(job, option);
        const isOnlyHere = option.Type === "image";
        const records = here ?? (isOnlyHere ? new Map() : await readRecords(source, job.signal));
        return new ImportedCache(job, source, records);
      },
    );
  } catch (error) {
    // The step has told it. A cache is no reason for a build to fail.
    if (job.signal.aborted) throw error;
    return undefined;
  }
}

/** The classic builder's kind of cache: an image that is here, whoever made it. */
function historyOf(job: BuildJob, { Type, Attributes }: BuildCacheOption, targets: readonly BuildTarget[]) {
  if (Type !== "image" || Attributes.ref === undefined) return [];
  const image = job.rooms.open.imageRooms.images.find(Attributes.ref);
  return image === undefined ? [] : [new HistoryCache(job, image, targets)];
}

/** An image that is here, with a cache in it, is as good as the one of the registry. */
function ofLocalImage({ rooms }: BuildJob, { Attributes }: BuildCacheOption): RemoteRecords | undefined {
  const { images } = rooms.open.imageRooms;
  const image = Attributes.ref === undefined ? undefined : images.find(Attributes.ref);
  if (image?.config["moby.buildkit.cache.v0"] === undefined) return undefined;
  return readInlineCache(image.config, image.record.layers);
}
