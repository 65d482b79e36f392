import type { WaitCondition } from "../backend.ts";

export interface WaitResult {
  exitCode: number;
  error: string;
}

/** Those who wait for a container to exit or to be removed. They are told; nobody polls. */
export class Waiters {
  private readonly forExit = new Set<(result: WaitResult) => void>();
  private readonly forRemoval = new Set<(result: WaitResult) => void>();

  /** Rejects with the signal's reason when it aborts. */
  wait(condition: WaitCondition, signal: AbortSignal): Promise<WaitResult> {
    signal.throwIfAborted();
    const waiting = condition === "removed" ? this.forRemoval : this.forExit;
    return new Promise((resolve, reject) => {
      const done = (result: WaitResult) => {
        signal.removeEventListener("abort", abort);
        resolve(result);
      };
      const abort = () => {
        waiting.delete(done);
        reject(signal.reason);
      };
      waiting.add(done);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  /** Whether the container's next exit comes within so many milliseconds (absent: whenever) or before `giveUp`. */
  exitWithin(milliseconds: number | undefined): { happened: Promise<boolean>; giveUp: () => void } {
    const controller = new AbortController();
    const giveUp = () => controller.abort();
    const timer = milliseconds === undefined ? undefined : setTimeout(giveUp, milliseconds);
    const happened = this.wait("next-exit", controller.signal).then(
      () => true,
      () => false,
    );
    void happened.finally(() => clearTimeout(timer));
    return { happened, giveUp };
  }

  exited(result: WaitResult): void {
    tell(this.forExit, result);
  }

  /** A container that is removed without having run wakes those who wait for its exit, too. */
  removed(result: WaitResult): void {
    tell(this.forExit, result);
    tell(this.forRemoval, result);
  }
}

function tell(waiting: Set<(result: WaitResult) => void>, result: WaitResult): void {
  const all = [...waiting];
  waiting.clear();
  for (const done of all) done(result);
}
