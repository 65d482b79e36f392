import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeHeader, endOfArchive, padding, type TarHeader, tarHeader } from "../archive/index.ts";
import { mount, unmount } from "../os/mount.ts";
import type { ApplyRequest } from "./apply.ts";

export type Member = Partial<TarHeader> & { name: string; content?: string };

export function tar(...members: Member[]): Buffer<ArrayBuffer> {
  const parts = members.flatMap(({ content = "", ...header }) => [
    encodeHeader(tarHeader({ ...header, size: content.length })),
    Buffer.from(content),
    padding(content.length),
  ]);
  return Buffer.concat([...parts, endOfArchive]);
}

/** How a layer is kept. */
export const forms = ["tree", "image"] as const;
export type Form = (typeof forms)[number];

/** A directory with a place for a layer, whose files are seen in `target` once they are `shown`. */
export class TestFolder {
  readonly root = mkdtempSync("/tmp/slipway-layers-");
  readonly target = join(this.root, "target");
  readonly #image = { image: join(this.root, "layer.erofs"), archive: join(this.root, "layer.tar") };

  constructor() {
    mkdirSync(this.target);
  }

  /** What `applyLayer` is told. */
  place(form: Form): ApplyRequest["target"] {
    return form === "tree" ? this.target : this.#image;
  }

  show(form: Form): void {
    const { image, archive } = this.#image;
    if (form === "image")
      mount({ type: "erofs", source: image, options: ["ro", `device=${archive}`] }, this.target);
  }

  /** Makes room for another layer. */
  clear(): void {
    while (unmount(this.target));
    for (const path of [this.target, this.#image.image, this.#image.archive])
      rmSync(path, { recursive: true, force: true });
    mkdirSync(this.target);
  }

  /** A file with these bytes. */
  blob(bytes: Uint8Array): string {
    const path = join(this.root, "blob");
    rmSync(path, { force: true });
    writeFileSync(path, bytes);
    return path;
  }

  /** What a script says that runs in the folder; it must succeed. */
  async shell(script: string): Promise<string> {
    const child = Bun.spawn(["bash", "-ec", script], { cwd: this.root, stderr: "pipe", stdout: "pipe" });
    const output = await child.stdout.text();
    if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
    return output;
  }

  [Symbol.dispose](): void {
    while (unmount(this.target));
    rmSync(this.root, { recursive: true });
  }
}

/** A shell script that lists a tree: what its files are (directories have no size of their own), and what is in them. */
export const listing = (directory: string) => `cd ${directory}
  find . \\( -type d -printf '%p %y %m %U:%G %T@ %n\\n' \\) -o -printf '%p %y %m %U:%G %T@ %n %s %l\\n' | LC_ALL=C sort
  find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r md5sum
  find . \\( -type b -o -type c \\) -print0 | LC_ALL=C sort -z | xargs -0 -r stat -c '%n %t:%T'`;
