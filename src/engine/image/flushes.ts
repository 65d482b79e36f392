import { systemError } from "../../errors/index.ts";

/** Little enough to be written by the time that the rest has come, and much more than what a commit of its own costs. */
const everyBytes = 64 << 20;

/** A piece of work whose files must be on the disk in the end. */
export interface Flush {
  /** Why something that was written since it began may not be on the disk. */
  failure?: unknown;
}

/**
 * Takes what is written to a file system to the disk while more is being written, so that little is left to wait for at
 * the end. The kernel tells a failure once: all work that is under way then has failed.
 */
export class Flushes {
  readonly #underWay = new Set<Flush>();
  #unflushed = 0;
  #early: Promise<void> | undefined;

  /** `directory` is on the file system. */
  constructor(private readonly directory: string) {}

  /** To be ended with `end`. */
  begin(): Flush {
    const flush: Flush = {};
    this.#underWay.add(flush);
    return flush;
  }

  end(flush: Flush): void {
    this.#underWay.delete(flush);
  }

  /** So many bytes more were written, by whatever work. */
  wrote(bytes: number): void {
    this.#unflushed += bytes;
    if (this.#early !== undefined || this.#unflushed < everyBytes) return;
    this.#unflushed = 0;
    this.#early = this.#flush()
      // Whoever completes learns of it.
      .catch(() => undefined)
      .finally(() => {
        this.#early = undefined;
      });
  }

  /** Returns when all that was written, by these pieces of work and others, survives a power cut. */
  async complete(...work: readonly Flush[]): Promise<void> {
    await this.#early;
    await this.#flush();
    for (const { failure } of work) if (failure !== undefined) throw failure;
  }

  async #flush(): Promise<void> {
    try {
      await syncFileSystem(this.directory);
    } catch (error) {
      for (const flush of this.#underWay) flush.failure ??= error;
      throw error;
    }
  }
}

/** In a child: syncfs(2) blocks its thread for as long as the disk takes. */
async function syncFileSystem(directory: string): Promise<void> {
  const child = Bun.spawn(["sync", "--file-system", directory], { stdio: ["ignore", "ignore", "pipe"] });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw systemError(`cannot write images to the disk: ${complaint.trim()}`);
}
