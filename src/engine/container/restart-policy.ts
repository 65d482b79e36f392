import type { RestartPolicy } from "../../api/index.ts";

const firstDelay = 100;
const longestDelay = 60_000;
/** A run that lasted as long as this counts as a success: the next failure waits the first delay again. */
const stableAfter = 10_000;

/**
 * When a container that exited is started again: 100 ms after its first failure, and twice as long after
 * each further one, up to a minute.
 */
export class RestartBackoff {
  private delay = 0;

  /** Milliseconds to wait after a run of this many milliseconds. */
  next(ranFor: number): number {
    this.delay =
      ranFor >= stableAfter || this.delay === 0 ? firstDelay : Math.min(this.delay * 2, longestDelay);
    return this.delay;
  }

  reset(): void {
    this.delay = 0;
  }
}

export interface Exit {
  exitCode: number;
  /** How often it was restarted before. */
  restartCount: number;
  /** The user stopped it, or the engine is going down. */
  stopped: boolean;
}

/** What the policy says about a container that exited while an engine was there. */
export function shouldRestart(policy: RestartPolicy | null | undefined, exit: Exit): boolean {
  if (exit.stopped) return false;
  switch (policy?.Name) {
    case "always":
    case "unless-stopped":
      return true;
    case "on-failure": {
      const maximum = policy.MaximumRetryCount ?? 0;
      return exit.exitCode !== 0 && (maximum === 0 || exit.restartCount < maximum);
    }
    default:
      return false;
  }
}
