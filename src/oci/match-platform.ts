import { type Platform, parseArchitecture } from "./platform.ts";

/**
 * Whether what is made for one platform runs on another, and how well it suits: 0 for the very platform, more for what
 * its CPU runs besides, undefined for what it does not. As containerd has it (platforms, `Only`):
 *
 *     arm/v7     runs arm/v7, v6, v5
 *     arm64/v8.2 runs arm64/v8.2, v8.1, v8, then what arm/v8 runs; v9 is v8.5 with more
 *     amd64/v3   runs amd64/v3, v2, v1, then 386
 *
 * An architecture without a variant means its first one: amd64/v1, arm64/v8, but arm/v7. Many an old image for an
 * older arm says just "arm", so that is accepted there when nothing else fits.
 */
export function distance(offered: Platform, wanted: Platform): number | undefined {
  const [has, wants] = [normalize(offered), normalize(wanted)];
  if (has.os !== wants.os) return undefined;
  const accepted = runnable(wants.architecture, wants.variant);
  const found = accepted.indexOf(cpu(has.architecture, has.variant));
  if (found >= 0) return found;
  const isUnclear = has.architecture === wants.architecture && !offered.variant;
  return isUnclear ? accepted.length : undefined;
}

/** Whether two spell the same platform: `arm64` and `arm64/v8`, not `arm/v7` and `arm/v6` (containerd's `OnlyStrict`). */
export function isSamePlatform(one: Platform, other: Platform): boolean {
  return distance(one, other) === 0;
}

const defaultVariants: Readonly<Record<string, string>> = { amd64: "v1", arm64: "v8", arm: "v7" };

/** Architectures have several names, variants several spellings, and both may be left to their defaults. */
function normalize(platform: Platform): { os: string; architecture: string; variant: string } {
  const { architecture, variant: named = "" } = parseArchitecture(
    platform.architecture.toLowerCase(),
    platform.variant,
  );
  const given = named.toLowerCase().replace(/^(?=\d)/, "v");
  const short = architecture === "arm64" ? given.replace(/\.0$/, "") : given;
  const variant = short || (defaultVariants[architecture] ?? "");
  return { os: platform.os.toLowerCase() || "linux", architecture, variant };
}

const cpu = (architecture: string, variant: string) => `${architecture}/${variant}`;

/** What a CPU runs, what suits it best first. */
function runnable(architecture: string, variant: string): string[] {
  const [major, minor = 0] =
    /^v(\d)(?:\.(\d))?$/
      .exec(variant)
      ?.slice(1)
      .map((part) => Number(part ?? 0)) ?? [];
  const own = cpu(architecture, variant);
  if (architecture === "amd64") return [own, ...down(architecture, (major ?? 1) - 1, 1), cpu("386", "")];
  if (architecture === "arm") return [own, ...down(architecture, (major ?? 5) - 1, 5)];
  if (architecture !== "arm64" || major === undefined) return [own];
  const ninth = major === 9 ? minors(9, minor) : [];
  const eighth = minors(8, major === 9 ? Math.min(minor + 5, 9) : minor);
  return [...ninth, ...eighth, ...down("arm", 8, 5)];
}

const down = (architecture: string, from: number, to: number): string[] =>
  from < to ? [] : [cpu(architecture, `v${from}`), ...down(architecture, from - 1, to)];

const minors = (major: number, from: number): string[] =>
  Array.from({ length: from + 1 }, (_, step) => from - step).map((minor) =>
    cpu("arm64", minor === 0 ? `v${major}` : `v${major}.${minor}`),
  );
