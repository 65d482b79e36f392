import type { ContainerStatus, Health } from "../../api/index.ts";
import { parseRfc3339 } from "../../os/clock.ts";
import { type ContainerRecord, never } from "./record.ts";

/** Docker's `Running`: true as well of a paused container and of one that is about to be restarted. */
export function isRunning(record: ContainerRecord): boolean {
  return ["running", "paused", "restarting"].includes(record.state.status);
}

/** The word for a container's state that the API shows. */
export function statusWord(record: ContainerRecord): ContainerStatus {
  const { status, startedAt } = record.state;
  if (isRunning(record)) return status as ContainerStatus;
  if (record.removing) return "removing";
  if (status === "dead") return "dead";
  return startedAt === never ? "created" : "exited";
}

/** The STATUS column of `ps`, such as `Up 2 minutes (healthy)` or `Exited (0) 3 hours ago`. */
export function statusText(record: ContainerRecord, health: Health | undefined, now: bigint): string {
  const { state } = record;
  const since = (time: string) => humanDuration(now - parseRfc3339(time));
  switch (statusWord(record)) {
    case "paused":
      return `Up ${since(state.startedAt)} (Paused)`;
    case "restarting":
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case "running":
      return `Up ${since(state.startedAt)}${healthText(health)}`;
    case "removing":
      return "Removal In Progress";
    case "dead":
      return "Dead";
    case "created":
      return "Created";
    case "exited":
      return state.finishedAt === never ? "" : `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`;
  }
}

function healthText(health: Health | undefined): string {
  if (health === undefined || health.Status === "none") return "";
  return health.Status === "starting" ? " (health: starting)" : ` (${health.Status})`;
}

/** A span of time in Docker's words, in its largest unit. */
export function humanDuration(nanoseconds: bigint): string {
  const seconds = Math.floor(Number(nanoseconds) / 1e9);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / 3600 + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}
