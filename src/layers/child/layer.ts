import type { TarSink } from "../../archive/index.ts";
import { errnoOf } from "../../errors/index.ts";
import { linkFile } from "../../os/link.ts";
import type { ApplyRequest, UnpackedLayer } from "../apply.ts";
import { enterRoot } from "./chroot.ts";
import { LayerImage } from "./erofs/layer-image.ts";
import { Unpacker } from "./unpacker.ts";

/** A layer that is being made of its archive's members: a tree of files, or an image. */
export interface Layer extends TarSink, UnpackedLayer {
  /** Each part of the uncompressed archive, before the members in it. */
  archive?(chunk: Uint8Array): void;
  /** To be called after the last member. */
  finish(): void;
}

/** Opens the layer that is asked for. A tree's directory is this process's root from here on. */
export function openLayer(request: ApplyRequest, { isCompressed }: { isCompressed: boolean }): Layer {
  const { target, whiteouts = true, maxBytes, maxEntries } = request;
  const limits = {
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(maxEntries === undefined ? {} : { maxEntries }),
  };
  if (typeof target !== "string") {
    const isThere = !isCompressed && share(request.blob, target.archive);
    return new LayerImage(target, { ...limits, whiteouts }, { isThere });
  }
  enterRoot(target);
  return new Unpacker({ ...limits, whiteouts, directory: "" });
}

/** False where the two places cannot be names of one file: on different file systems, or with too many names. */
function share(blob: string, archive: string): boolean {
  try {
    linkFile(blob, archive);
    return true;
  } catch (error) {
    if (["EXDEV", "EMLINK", "EPERM"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}
