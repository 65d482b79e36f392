import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { makeNode } from "../../../layers/child/node.ts";
import { IgnoreMatcher } from "../../dockerfile/ignore/index.ts";
import type { MaskRequest } from "../exec/mounts/masked.ts";

/** The work of `maskedDirectory`. */
export async function work({ directory, ignore, mask, owner }: MaskRequest): Promise<void> {
  process.umask(0);
  looksLike(directory, mask, owner);
  new Mask(directory, mask, new IgnoreMatcher(ignore), owner).hide("");
}

class Mask {
  readonly #made = new Set([""]);

  constructor(
    private readonly directory: string,
    private readonly mask: string,
    private readonly matcher: IgnoreMatcher,
    private readonly owner: MaskRequest["owner"],
  ) {}

  hide(path: string): void {
    for (const entry of readdirSync(`${this.directory}/${path}`, { withFileTypes: true })) {
      const name = path === "" ? entry.name : `${path}/${entry.name}`;
      if (this.matcher.excludes(name, entry.isDirectory())) {
        this.#ensure(path);
        makeNode(`${this.mask}/${name}`, "char", 0, 0, 0);
      } else if (entry.isDirectory()) this.hide(name);
    }
  }

  /** A directory in which something is hidden, with the looks of the one that it stands for. */
  #ensure(path: string): void {
    if (this.#made.has(path)) return;
    this.#ensure(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    mkdirSync(`${this.mask}/${path}`);
    looksLike(`${this.directory}/${path}`, `${this.mask}/${path}`, this.owner);
    this.#made.add(path);
  }
}

function looksLike(original: string, path: string, owner: MaskRequest["owner"]): void {
  const { mode, uid, gid } = lstatSync(original);
  chownSync(path, uid === owner.uid ? 0 : uid, gid === owner.gid ? 0 : gid);
  chmodSync(path, mode & 0o7777);
}
