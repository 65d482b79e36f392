import { conflict } from "../../errors/index.ts";
import type { Container } from "./container.ts";
import { isRunning } from "./status.ts";

export function notRunning(container: Container): Error {
  return conflict(`container ${container.id} is not running`);
}

/** The verb needs the container to run, paused or not, or to be about to restart. */
export function requireRunning(container: Container): void {
  if (!isRunning(container.record)) throw notRunning(container);
}

/** The verb needs a process to act on: a container between two runs has none. */
export function requireProcess(container: Container): void {
  requireRunning(container);
  if (container.record.state.status === "restarting") throw restarting(container);
}

export function restarting(container: Container): Error {
  return conflict(`Container ${container.id} is restarting, wait until the container is running`);
}
