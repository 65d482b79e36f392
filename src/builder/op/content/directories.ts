import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestOf, hexOf } from "../../../oci/digest.ts";
import { abortable } from "../../../os/abortable.ts";
import { canonicalJson } from "../../graph/index.ts";
import type { Result } from "../../solver/model.ts";
import { keepLatest } from "../latest.ts";
import { measure } from "./measure.ts";
import type { Selection } from "./model.ts";

type Directory = Extract<Result, { kind: "directory" }>;

interface Asked {
  readonly selection: Selection;
  readonly signal: AbortSignal;
  readonly digest: PromiseWithResolvers<Digest>;
}

/** Of so many directories it is remembered what is in them. */
const mostDirectories = 256;

/**
 * Checksums of directories that others own. What is asked for of one at the same time is answered by one child, and one
 * child at a time writes what it learned of a directory's files.
 */
export class DirectoryChecksums {
  /** Those that wait, by directory and what is ignored in it. */
  readonly #waiting = new Map<string, Asked[]>();
  /** By directory: the child that is at it. */
  readonly #busy = new Map<string, Promise<void>>();

  /** `root` has a file for each directory; below the data root are none that are met again. */
  constructor(
    private readonly root: string,
    private readonly dataRoot: string,
  ) {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    keepLatest(root, mostDirectories);
  }

  async of(directory: Directory, selection: Selection, signal: AbortSignal): Promise<Digest> {
    const key = canonicalJson([directory.path, directory.ignore]);
    const asked: Asked = { selection, signal, digest: Promise.withResolvers() };
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) waiting.push(asked);
    else {
      this.#waiting.set(key, [asked]);
      this.#serve(directory, key);
    }
    return await abortable(asked.digest.promise, signal);
  }

  #serve(directory: Directory, key: string): void {
    const before = this.#busy.get(directory.path) ?? Promise.resolve();
    const work = before.then(async () => {
      const asked = this.#waiting.get(key) ?? [];
      this.#waiting.delete(key);
      await this.#answer(directory, asked);
    });
    this.#busy.set(directory.path, work);
    void work.finally(() => {
      if (this.#busy.get(directory.path) === work) this.#busy.delete(directory.path);
    });
  }

  /** Never rejects: those who asked are told. Only when all of them are gone, the child ends. */
  async #answer({ path, ignore }: Directory, asked: readonly Asked[]): Promise<void> {
    const all = allAborted(asked.map(({ signal }) => signal));
    for (const { digest } of asked) digest.promise.catch(() => undefined);
    try {
      const real = realpathSync(path);
      // What a client has sent is in another place each time.
      const index = real.startsWith(`${this.dataRoot}/`)
        ? {}
        : { index: join(this.root, hexOf(digestOf(real))) };
      const tree = { root: path, ignore, foreign: true };
      const { told: digests, ended } = measure(
        { tree, selections: asked.map(({ selection }) => selection), ...index },
        all,
      );
      const found = await digests;
      for (const [at, { digest }] of asked.entries()) digest.resolve(found[at] as Digest);
      await ended;
    } catch (error) {
      for (const { digest } of asked) digest.reject(error);
    }
  }
}

function allAborted(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  let left = signals.length;
  const ended = () => {
    if (--left === 0) controller.abort();
  };
  for (const signal of signals) {
    if (signal.aborted) ended();
    else signal.addEventListener("abort", ended, { once: true });
  }
  return controller.signal;
}
