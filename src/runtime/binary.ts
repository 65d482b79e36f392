import { closeSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { SlipwayError, unavailable } from "../errors/index.ts";
import { sealedCopy } from "../os/sealed-file.ts";

/** The wrapper's descriptor of the executable. */
export const binaryDescriptor = 7;

const VERSION_MS = 5_000;

/** What to execute: `path`, in a process that has `fd` as its descriptor `binaryDescriptor`. */
export interface Executable {
  path: string;
  fd?: number;
}

/** An executable with that time of its last change, and what was found out about it. */
interface Installed {
  readonly source: string;
  readonly modified: number;
  isCrun?: boolean;
  /** The descriptor of the copy. */
  sealed?: number;
}

/**
 * A runtime's executable. Runtimes protect themselves from containers (CVE-2019-5736) by executing a copy of
 * themselves that cannot be written to, at each start. What is executed here is such a copy already, made once:
 * they notice the seals and save the effort.
 */
export class RuntimeBinary {
  #installed: Installed | undefined;
  readonly #link: string;

  /** `directory` is for a link with the executable's name, which is what ps shows. */
  constructor(
    private readonly runtime: string,
    private readonly command: string,
    directory: string,
  ) {
    this.#link = join(directory, basename(command));
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    rmSync(this.#link, { force: true });
    symlinkSync(`/proc/self/fd/${binaryDescriptor}`, this.#link);
  }

  /** The executable as installed. `unavailable` when it is not. */
  source(): string {
    const path = Bun.which(this.command);
    if (path !== null) return path;
    throw unavailable(`the OCI runtime ${this.runtime} is not installed: ${this.command} was not found`);
  }

  /** Whether it says that it is crun, whatever it is called. */
  isCrun(): boolean {
    const installed = this.#look();
    // It takes some milliseconds, once.
    installed.isCrun ??= Bun.spawnSync([installed.source, "--version"], { timeout: VERSION_MS })
      .stdout.toString()
      .startsWith("crun version ");
    return installed.isCrun;
  }

  /** The copy. */
  executable(): Executable {
    const installed = this.#look();
    try {
      installed.sealed ??= sealedCopy(installed.source);
      return { path: this.#link, fd: installed.sealed };
    } catch (error) {
      // The host forbids executables in memory: the runtime then copies itself.
      const forbidden =
        error instanceof SlipwayError && ["EACCES", "EPERM"].includes(error.details.errno ?? "");
      if (forbidden) return { path: installed.source };
      throw error;
    }
  }

  /** What is known of the executable as it is now: a newer one is noticed. */
  #look(): Installed {
    const source = this.source();
    const modified = statSync(source).mtimeMs;
    if (this.#installed?.source !== source || this.#installed.modified !== modified) {
      if (this.#installed?.sealed !== undefined) closeSync(this.#installed.sealed);
      this.#installed = { source, modified };
    }
    return this.#installed;
  }
}
