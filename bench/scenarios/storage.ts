import type { Scenario } from "../scenario.ts";
import { clones } from "../storage/clones.ts";
import { copies } from "../storage/copies.ts";
import { files } from "../storage/files.ts";

/** Volumes and binds: what a container's program pays for them, and what the engine copies. */
export const storage: Scenario[] = [files, copies, clones];
