import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../../errors/index.ts";
import { answer } from "../../../layers/child/protocol.ts";
import { readMountInfo } from "../../../os/mountinfo.ts";
import type { Measured, MeasureRequest } from "../measure.ts";

const blockBytes = 512;

/** The child of `measureStore`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async (request: MeasureRequest): Promise<Measured> => {
    const { apart, skip } = request;
    // As the kernel names it in the list of mounts.
    const root = realpathSync(request.root);
    // Not even looked at: a mounted volume's server may not answer.
    const mounted = readMountInfo().map(({ target }) => target);
    const skipped = new Set([...skip.map((name) => join(root, name)), ...mounted]);
    const measure = new Measure(lstatSync(root).dev, skipped);
    const parts: Record<string, number> = {};
    for (const name of namesIn(root)) {
      if (!apart.includes(name)) parts[name] = measure.tree(join(root, name));
      else
        for (const inner of namesIn(join(root, name))) {
          parts[`${name}/${inner}`] = measure.tree(join(root, name, inner));
        }
    }
    const directories = [root, ...apart.map((name) => join(root, name))];
    parts[""] = directories.reduce((sum, path) => sum + measure.one(path), 0);
    return parts;
  });
}

/** Allocated bytes, each inode once and no other file system's, as du(1) counts. What vanishes meanwhile does not count. */
class Measure {
  readonly #linked = new Set<string>();

  constructor(
    private readonly device: number,
    private readonly skipped: ReadonlySet<string>,
  ) {}

  tree(path: string): number {
    let bytes = 0;
    const pending: Name[] = [path];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (this.skipped.has(next.toString())) continue;
      const stat = statOf(next);
      if (stat === undefined || stat.dev !== this.device) continue;
      bytes += this.#count(stat);
      if (stat.isDirectory()) pending.push(...childrenOf(next));
    }
    return bytes;
  }

  one(path: string): number {
    const stat = statOf(path);
    return stat === undefined ? 0 : this.#count(stat);
  }

  #count(stat: NonNullable<ReturnType<typeof statOf>>): number {
    if (stat.nlink > 1 && !stat.isDirectory()) {
      if (this.#linked.has(`${stat.ino}`)) return 0;
      this.#linked.add(`${stat.ino}`);
    }
    return stat.blocks * blockBytes;
  }
}

type Name = string | Buffer;

/** Names as bytes where they are no UTF-8: those would be lost in a string. */
function childrenOf(path: Name): Name[] {
  const base = Buffer.concat([Buffer.from(path), Buffer.from("/")]);
  try {
    return readdirSync(path, { encoding: "buffer" }).map((name) => Buffer.concat([base, name]));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** In order, so that a file with several names counts in the same place each time. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

function statOf(path: Name) {
  return lstatSync(path, { throwIfNoEntry: false });
}
