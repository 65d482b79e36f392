import { distance } from "./match-platform.ts";
import { formatPlatform, type Platform } from "./platform.ts";

/**
 * Of what is offered, what suits a platform best of all that runs there. What says no platform fits when nothing else
 * does. Undefined when nothing fits.
 */
export function selectPlatform<T extends { platform?: Platform }>(
  offered: readonly T[],
  wanted: Platform,
): T | undefined {
  let best: { candidate: T; rank: number } | undefined;
  for (const candidate of offered) {
    const { platform } = candidate;
    const rank = platform === undefined ? Number.POSITIVE_INFINITY : distance(platform, wanted);
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { candidate, rank };
  }
  return best?.candidate;
}

/** The platforms of descriptors, for a message. */
export function listPlatforms(offered: readonly { platform?: Platform }[]): string {
  const names = offered.map(({ platform }) => (platform === undefined ? "any" : formatPlatform(platform)));
  return [...new Set(names)].join(", ") || "no platform";
}
