import { formatPlatform, type Platform } from "./platform.ts";

/** What an architecture without a variant is (containerd's platforms package, database.go). */
const defaultVariants: Readonly<Record<string, string>> = { amd64: "v1", arm64: "v8", arm: "v7" };

/**
 * Of what is offered, what fits a platform best: the same variant, or the newest older one, since a CPU also runs
 * what was made for those before it. What says no platform fits when nothing else does. Undefined when nothing fits.
 */
export function selectPlatform<T extends { platform?: Platform }>(
  offered: readonly T[],
  wanted: Platform,
): T | undefined {
  const ranked = offered
    .map((candidate) => ({ candidate, distance: distance(candidate.platform, wanted) }))
    .filter((entry) => entry.distance !== undefined);
  ranked.sort((a, b) => (a.distance as number) - (b.distance as number));
  return ranked[0]?.candidate;
}

/** The platforms of descriptors, for a message. */
export function listPlatforms(offered: readonly { platform?: Platform }[]): string {
  const names = offered.map(({ platform }) => (platform === undefined ? "any" : formatPlatform(platform)));
  return [...new Set(names)].join(", ") || "no platform";
}

const unspecified = 1000;

function distance(offered: Platform | undefined, wanted: Platform): number | undefined {
  if (offered === undefined) return unspecified;
  if (offered.os !== wanted.os || offered.architecture !== wanted.architecture) return undefined;
  const [has, wants] = [variantOf(offered), variantOf(wanted)];
  if (has === wants) return 0;
  const [older, newer] = [generation(has), generation(wants)];
  return older === undefined || newer === undefined || older > newer ? undefined : newer - older;
}

function variantOf({ architecture, variant }: Platform): string {
  return variant || (defaultVariants[architecture] ?? "");
}

function generation(variant: string): number | undefined {
  const number = Number.parseInt(variant.replace(/^v/, ""), 10);
  return Number.isNaN(number) ? undefined : number;
}
