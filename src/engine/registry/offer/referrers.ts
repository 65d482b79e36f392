import type { ContentStore } from "../../../content/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import { maxDocument } from "../../image/documents.ts";
import { type Description, describe } from "./describe.ts";

/** So many descriptions are remembered. */
const remembered = 10_000;

/** Finds manifests by their subjects. What a manifest says of itself is read once, for it never changes. */
export class Referrers {
  readonly #described = new Map<Digest, Description>();

  constructor(private readonly content: ContentStore) {}

  /** Those of the manifests whose subject has the digest, described as the distribution specification has it. */
  async of(subject: Digest, manifests: Iterable<Descriptor>): Promise<Descriptor[]> {
    const found: Descriptor[] = [];
    for (const { mediaType, digest, size } of manifests) {
      const said = await this.#describe(digest);
      if (said?.subject !== subject) continue;
      const { artifactType, annotations } = said;
      found.push({
        mediaType,
        digest,
        size,
        ...(artifactType === undefined ? {} : { artifactType }),
        ...(annotations === undefined ? {} : { annotations }),
      });
    }
    return found;
  }

  async #describe(digest: Digest): Promise<Description | undefined> {
    const known = this.#described.get(digest);
    if (known !== undefined || !(await this.content.has(digest))) return known;
    const said = describe(await this.content.readSmall(digest, maxDocument));
    const [oldest] = this.#described.keys();
    if (this.#described.size >= remembered && oldest !== undefined) this.#described.delete(oldest);
    this.#described.set(digest, said);
    return said;
  }
}
