import { anonymousLabel } from "../container/mounts/resolve.ts";

/** The labels of a volume that somebody gave a name: it is no longer one that goes with its container. */
export function named(labels: Readonly<Record<string, string>>): Record<string, string> {
  const { [anonymousLabel]: _, ...others } = labels;
  return others;
}
