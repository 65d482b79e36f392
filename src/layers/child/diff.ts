import { invalid } from "../../errors/index.ts";
import type { DiffRequest } from "../diff.ts";
import { findChanges } from "./changes.ts";
import { enterRoot } from "./chroot.ts";
import { Output } from "./output.ts";
import { isOpaque, isWhiteout } from "./overlay.ts";
import { listDirectory, Packer, statOf } from "./packer.ts";
import { answer } from "./protocol.ts";

/** The child of `diffLayer` and `changes`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async (request: DiffRequest) => {
    if (request.operation === "changes") return findChanges(request.upper, request.lowers);
    enterRoot(request.upper);
    const packer = new Packer(new Output());
    packDirectory(packer, "/", "");
    packer.end();
    return null;
  });
}

/** A directory of an overlay's upper layer, with whiteouts as the OCI image specification has them (layer.md). */
function packDirectory(packer: Packer, path: string, name: string): void {
  packer.add(path, name);
  const [base, prefix] = [path === "/" ? "" : path, name === "" ? "" : `${name}/`];
  if (name !== "" && isOpaque(path)) packer.addEmpty(`${prefix}.wh..wh..opq`);
  for (const child of listDirectory(path)) {
    if (child.startsWith(".wh.")) {
      throw invalid(
        `${base}/${child} cannot be in an image: names with .wh. mean deleted files there; rename it`,
      );
    }
    const stat = statOf(`${base}/${child}`);
    if (stat === undefined) continue;
    if (isWhiteout(stat)) packer.addEmpty(`${prefix}.wh.${child}`);
    else if (stat.isDirectory()) packDirectory(packer, `${base}/${child}`, prefix + child);
    else packer.add(`${base}/${child}`, prefix + child);
  }
}
