import { statSync, truncateSync, writeFileSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";

const bytes = 4 << 20;
const pauseBetweenAttempts = 30_000;

/**
 * Space on the store's disk that is kept for the day when the disk is full: then it is given up, so that ends of
 * containers can still be recorded and removals, which make room, can be made.
 */
export class Reserve {
  private filled = false;
  private lastAttempt = 0;

  constructor(private readonly path: string) {
    this.fill();
  }

  /** Gives the space up; false when there was none. */
  release(): boolean {
    if (!this.filled) return false;
    truncateSync(this.path, 0);
    this.filled = false;
    this.lastAttempt = Date.now();
    return true;
  }

  /** Takes the space again once there is some; cheap when nothing is to be done. */
  restore(): void {
    if (this.filled || Date.now() - this.lastAttempt < pauseBetweenAttempts) return;
    this.fill();
  }

  private fill(): void {
    this.lastAttempt = Date.now();
    try {
      if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) < bytes) {
        writeFileSync(this.path, Buffer.alloc(bytes), { mode: 0o600 });
      }
      this.filled = true;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== "ENOSPC" && errno !== "EDQUOT") throw error;
      truncateSync(this.path, 0);
    }
  }
}
