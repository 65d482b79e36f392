import type { ImageSummary } from "../../api/index.ts";
import { ago } from "./duration.ts";
import type { Listing } from "./render.ts";
import { shortSize } from "./size.ts";
import { familiarName, shortId } from "./text.ts";
import { goTime } from "./time.ts";

/** One line of `images`: an image has one for each of its tags. */
export interface ImageRow {
  image: ImageSummary;
  repository: string;
  tag: string;
  digest: string;
}

const none = "<none>";

/** The lines of images; digests make lines of their own only when they are asked for. */
export function imageRows(images: readonly ImageSummary[], digests: boolean): ImageRow[] {
  return images.flatMap((image) => {
    const tags = references(image.RepoTags, ":");
    const known = references(image.RepoDigests, "@");
    const rows: ImageRow[] = [];
    for (const [repository, names] of tags) {
      const own = digests ? (known.get(repository) ?? []) : [];
      known.delete(repository);
      for (const tag of names) {
        for (const digest of own.length > 0 ? own : [none]) rows.push({ image, repository, tag, digest });
      }
    }
    for (const [repository, values] of known) {
      for (const digest of digests ? values : [""]) rows.push({ image, repository, tag: none, digest });
    }
    return rows.length > 0 ? rows : [{ image, repository: none, tag: none, digest: none }];
  });
}

function references(texts: readonly string[] | null, separator: string): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const text of texts ?? []) {
    if (text.startsWith(none)) continue;
    const at = text.lastIndexOf(separator);
    const name = familiarName(text.slice(0, at));
    result.set(name, [...(result.get(name) ?? []), text.slice(at + 1)]);
  }
  return result;
}

/** The columns of `images`. */
export function imageListing(options: { truncate: boolean; digests: boolean }): Listing<ImageRow> {
  const digest = options.digests ? "{{.Digest}}\\t" : "";
  return {
    typeName: "*formatter.imageContext",
    table: `table {{.Repository}}\\t{{.Tag}}\\t${digest}{{.ID}}\\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\\t{{.Size}}`,
    headings: {
      ...{ ID: "IMAGE ID", Repository: "REPOSITORY", Tag: "TAG", Digest: "DIGEST", CreatedSince: "CREATED" },
      ...{ CreatedAt: "CREATED AT", Size: "SIZE", Containers: "CONTAINERS", SharedSize: "SHARED SIZE" },
      UniqueSize: "UNIQUE SIZE",
    },
    row: ({ image, repository, tag, digest }) => ({
      ID: options.truncate ? shortId(image.Id) : image.Id,
      Repository: repository,
      Tag: tag,
      Digest: digest,
      CreatedSince: ago(image.Created),
      CreatedAt: goTime(image.Created),
      Size: shortSize(image.Size),
      Containers: image.Containers === -1 ? "N/A" : String(image.Containers),
      VirtualSize: shortSize(image.Size),
      SharedSize: image.SharedSize === -1 ? "N/A" : shortSize(image.SharedSize),
      UniqueSize: image.SharedSize === -1 ? "N/A" : shortSize(image.Size - image.SharedSize),
    }),
  };
}
