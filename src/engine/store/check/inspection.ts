import type * as api from "../../../api/index.ts";
import { messageOf } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { CheckOptions } from "../../backend.ts";
import type { EngineContext } from "../../context.ts";
import type { Report } from "../../image/progress.ts";
import type { ImageRooms } from "../../image/rooms.ts";

export type Finding = Pick<api.StoreProblem, "Subject" | "Id" | "Problem"> &
  Partial<Pick<api.StoreProblem, "Images" | "Containers">>;

/** How a problem ended: `done` when it is mended. */
export interface Remedy {
  done: boolean;
  words: string;
}

/** One check of the store: what it looks at, and what it has found so far. */
export class Inspection {
  readonly problems: api.StoreProblem[] = [];
  readonly checked: api.StoreReport["Checked"] = {
    Blobs: 0,
    Images: 0,
    Layers: 0,
    Containers: 0,
    Volumes: 0,
  };
  /** Blobs that are missing or not what they should be, and could not be mended. */
  readonly unsound = new Set<Digest>();

  constructor(
    readonly engine: EngineContext,
    readonly rooms: ImageRooms,
    readonly options: CheckOptions,
    readonly signal: AbortSignal,
    private readonly report: Report,
  ) {}

  get repair(): boolean {
    return this.options.repair === true;
  }

  progress(id: string, status: string): void {
    this.report({ id, status });
  }

  /**
   * Takes a problem down with what comes of it: with `repair`, what `mend` did; otherwise what it would do. A `mend`
   * that throws has not mended.
   */
  async found(finding: Finding, wouldMend: string, mend?: () => Promise<Remedy>): Promise<boolean> {
    const remedy = await this.#remedy(wouldMend, mend);
    const problem: api.StoreProblem = {
      Images: [],
      Containers: [],
      ...finding,
      Repaired: remedy.done,
      Remedy: remedy.words,
    };
    this.problems.push(problem);
    this.report({ aux: { Problem: problem } satisfies api.StoreCheckAux });
    return remedy.done;
  }

  async #remedy(wouldMend: string, mend: (() => Promise<Remedy>) | undefined): Promise<Remedy> {
    if (mend === undefined) return { done: false, words: wouldMend };
    if (!this.repair) return { done: false, words: `--repair ${wouldMend}` };
    try {
      return await mend();
    } catch (error) {
      this.signal.throwIfAborted();
      return { done: false, words: `it cannot be repaired: ${messageOf(error)}` };
    }
  }

  get result(): api.StoreReport {
    const Repaired = this.problems.filter((problem) => problem.Repaired).length;
    const Remaining = this.problems.length - Repaired;
    return { Checked: this.checked, Problems: this.problems, Repaired, Remaining };
  }
}
