import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { unmountBelow } from "../../os/mount.ts";

/** Where steps that run have their directories, in the engine's exec root. */
export const workplacesOf = (execRoot: string): string => join(execRoot, "builds");

/**
 * A directory for one step that runs, with what is mounted for it: `<exec root>/builds/<id>`. What an engine that was
 * killed has left there, the next one finds by its place.
 */
export class Workplace {
  readonly #undo: (() => Promise<void> | void)[] = [];

  private constructor(
    /** 64 hexadecimal digits, as a container's. */
    readonly id: string,
    readonly directory: string,
  ) {}

  static open(execRoot: string): Workplace {
    const id = randomBytes(32).toString("hex");
    const directory = join(workplacesOf(execRoot), id);
    mkdirSync(directory, { recursive: true, mode: 0o711 });
    return new Workplace(id, directory);
  }

  get rootfs(): string {
    return join(this.directory, "rootfs");
  }

  /** To be done when the step is over, before what was noted earlier. */
  atEnd(step: () => Promise<void> | void): void {
    this.#undo.push(step);
  }

  /** Unmounts and deletes all of it; the first failure is told after everything was tried. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of [...this.#undo.reverse(), () => removeWorkplace(this.directory)]) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Nothing is deleted while something is mounted there: the files would go with it. */
export async function removeWorkplace(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  unmountBelow(directory);
  await rm(directory, { recursive: true, force: true });
}
