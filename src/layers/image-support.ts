import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { encodeHeader, endOfArchive, padding, TarDecoder, tarHeader } from "../archive/index.ts";
import { messageOf, SlipwayError } from "../errors/index.ts";
import { mount, unmount } from "../os/mount.ts";
import { LayerImage } from "./child/erofs/layer-image.ts";

const content = "a file of an archive\n";

/**
 * Why layers cannot be used as EROFS images in a directory; undefined when they can. Found out by doing it: a kernel
 * (Linux 6.12 or later) may lack a part, and a directory's file system may lie on others already. Takes 2 ms.
 */
export function imageComplaint(directory: string): string | undefined {
  // Such a kernel halts at a warning that Linux 6.18 gives, rightly or not, for images on ext4.
  if (isSet("/proc/sys/kernel/panic_on_warn")) return "the kernel is set to halt at warnings (panic_on_warn)";
  const probe = mkdtempSync(join(directory, "probe-"));
  const [image, archive] = [join(probe, "layer.erofs"), join(probe, "layer.tar")];
  const [fs, merged] = [join(probe, "fs"), join(probe, "merged")];
  try {
    for (const path of [fs, merged]) mkdirSync(path);
    makeLayer(image, archive);
    mount({ type: "erofs", source: image, options: ["ro", `device=${archive}`] }, fs);
    mount({ type: "overlay", source: "overlay", options: ["xino=on", `lowerdir=${fs}:${probe}`] }, merged);
    return readFileSync(join(merged, "file"), "utf8") === content ? undefined : "the kernel misreads them";
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return messageOf(error);
  } finally {
    unmount(merged);
    unmount(fs);
    rmSync(probe, { recursive: true });
  }
}

function makeLayer(image: string, archive: string): void {
  const header = encodeHeader(tarHeader({ name: "file", size: content.length }));
  const bytes = Buffer.concat([header, Buffer.from(content), padding(content.length), endOfArchive]);
  const layer = new LayerImage({ image, archive }, { whiteouts: true }, { isThere: false });
  layer.archive(bytes);
  new TarDecoder(layer).write(bytes);
  layer.finish();
}

function isSet(path: string): boolean {
  return readFileSync(path, "utf8").trim() === "1";
}
