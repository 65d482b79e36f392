/** A server of files on this host, with what a test does to servers. */
export interface FileServer extends AsyncDisposable {
  /** The directory that it serves, as this host sees it. */
  readonly directory: string;
  /** What `volume create -o` is told to reach it: `type`, `device`, `o`. */
  readonly options: Record<string, string>;
  /** Its processes go on to exist and do nothing any more: it is silent. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** SIGKILL, connections that are open included. */
  kill(): Promise<void>;
  /** Again, after `kill`. */
  start(): Promise<void>;
}

/** Sends a signal to processes; those that have ended meanwhile do not matter. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
