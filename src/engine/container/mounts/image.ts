import { isAbsolute } from "node:path";
import type { Mount } from "../../../api/index.ts";
import { invalid, SlipwayError } from "../../../errors/index.ts";
import type { ImageLookup } from "../../context.ts";
import type { ContainerMount } from "../record.ts";

/**
 * `--mount type=image`: the files of an image, to read only, as with Docker. The image is named by reference or id and
 * must be there; the container keeps the one it meant at create.
 */
export async function imageMount(
  { Source = "", ImageOptions }: Mount,
  destination: string,
  images: Pick<ImageLookup, "resolve">,
): Promise<ContainerMount> {
  const what = 'invalid mount config for type "image"';
  if (Source === "") throw invalid(`${what}: field Source must not be empty`);
  const subpath = ImageOptions?.Subpath ?? "";
  if (isAbsolute(subpath) || subpath.split("/").includes(".."))
    throw invalid(`${what}: subpath must be a relative path within the image: ${subpath}`);
  const { id, chainId } = await found(images, Source, what);
  return {
    point: {
      Type: "image",
      Source: id,
      Destination: destination,
      Mode: "",
      RW: false,
      Propagation: "",
    },
    options: ["rbind", "rro", "rprivate"],
    image: { id, ...(chainId === undefined ? {} : { chainId }) },
    ...(subpath === "" ? {} : { subpath }),
  };
}

/** A 404 would mean the container's own image, which clients then pull. */
async function found(images: Pick<ImageLookup, "resolve">, reference: string, what: string) {
  try {
    return await images.resolve(reference);
  } catch (cause) {
    if (!(cause instanceof SlipwayError) || cause.kind !== "notFound") throw cause;
    throw invalid(`${what}: ${cause.message}: pull it first`, { cause });
  }
}
