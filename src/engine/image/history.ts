import type * as api from "../../api/index.ts";
import type { Image } from "../../images/index.ts";
import { findImage } from "./find.ts";
import type { ImageRooms } from "./rooms.ts";
import { namesOf } from "./summary.ts";

/** The steps, newest first. A step has the id of the image that it made where that exists here. */
export function imageHistory(
  { images }: ImageRooms,
  ref: string,
  options: { platform?: string } = {},
): api.ImageHistoryItem[] {
  let image: Image | undefined = findImage(images, ref, options.platform);
  return image.steps.toReversed().map((step) => {
    const made = image;
    const parent: Image["record"]["parent"] = made?.record.parent;
    image = parent === undefined ? undefined : images.get(parent);
    const tags = made === undefined ? [] : namesOf(images.references(made.id)).RepoTags;
    return {
      Id: made?.id ?? "<missing>",
      Created: Math.floor((Date.parse(step.created ?? "") || 0) / 1000),
      CreatedBy: step.created_by ?? "",
      Tags: tags.length > 0 ? tags : null,
      Size: step.size,
      Comment: step.comment ?? "",
    };
  });
}
