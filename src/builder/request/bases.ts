import { findImage } from "../../engine/image/find.ts";
import { SlipwayError } from "../../errors/index.ts";
import type { Image } from "../../images/index.ts";
import { isSamePlatform } from "../../oci/match-platform.ts";
import { formatPlatform, hostPlatform, type Platform } from "../../oci/platform.ts";
import { familiarReference, formatReference, parseReference } from "../../oci/reference.ts";
import type { MetaResolver, ResolvedBase } from "../dockerfile/index.ts";
import type { BuildJob } from "../job.ts";
import { internalStep, type Part } from "../progress/index.ts";

/** Finds the images that a Dockerfile names among this host's, or brings them here. They are kept until the build ends. */
export class Bases implements MetaResolver {
  readonly #asked = new Map<string, Promise<ResolvedBase>>();

  constructor(private readonly job: BuildJob) {}

  image(reference: string, platform: Platform, { pull }: { pull: boolean }): Promise<ResolvedBase> {
    const key = `${reference} ${formatPlatform(platform)}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const name = `[internal] load metadata for ${reference}`;
    const asked = internalStep(this.job.progress, name, async (tell) => {
      const here = pull ? undefined : this.#find(reference, platform);
      if (here === undefined) await this.#pull(reference, platform, tell);
      return this.#keep(reference, here ?? this.#required(reference, platform));
    });
    this.#asked.set(key, asked);
    return asked;
  }

  /** An image of this host's, if it is here: nothing is brought. */
  known(reference: string, platform: Platform): ResolvedBase | undefined {
    const here = this.#find(reference, platform);
    return here && this.#keep(reference, here);
  }

  #find(reference: string, platform: Platform): Image | undefined {
    const { images } = this.job.rooms.open.imageRooms;
    const image = images.find(reference, platform);
    if (image === undefined || isSamePlatform(image.config, platform)) return image;
    // Nobody asked for another platform than this host's: what is here is meant.
    return isSamePlatform(platform, hostPlatform()) ? image : undefined;
  }

  #required(reference: string, platform: Platform): Image {
    return findImage(this.job.rooms.open.imageRooms.images, reference, formatPlatform(platform));
  }

  #keep(reference: string, image: Image): ResolvedBase {
    const { lease } = this.job;
    for (const chain of image.chain) lease.chains.add(chain);
    for (const { digest } of image.blobs) lease.blobs.add(digest);
    return { id: image.id, reference, config: image.config };
  }

  async #pull(reference: string, platform: Platform, tell: (part: Part) => void): Promise<void> {
    const { rooms, request, signal } = this.job;
    const parsed = parseReference(reference);
    const auth = request.Auths?.[parsed.domain];
    const foreign = isSamePlatform(platform, hostPlatform()) ? {} : { platform: formatPlatform(platform) };
    const options = { ref: formatReference(parsed), ...foreign, ...(auth === undefined ? {} : { auth }) };
    try {
      for await (const { id, progressDetail, status } of await rooms.open.images.pull(options, signal)) {
        const { current = 0, total } = progressDetail ?? {};
        if (id !== undefined && total !== undefined)
          tell({ id: `${status} ${id}`, current, total, done: current === total });
      }
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const what = `failed to resolve source metadata for ${reference}`;
      const hint = error.kind === "unavailable" ? this.#whatIsHere(reference, familiarReference(parsed)) : "";
      throw new SlipwayError(error.kind, `${what}: ${error.message}${hint}`, { cause: error });
    }
  }

  #whatIsHere(reference: string, shown: string): string {
    const other = this.job.rooms.open.imageRooms.images.find(reference);
    if (other === undefined) return ` (${shown} is not on this host either)`;
    return ` (${shown} is on this host for ${formatPlatform(other.config)})`;
  }
}
