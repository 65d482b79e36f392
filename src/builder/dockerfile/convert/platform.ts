import { type Platform, parseArchitecture } from "../../../oci/platform.ts";

/** The form that images have: variants that go without saying are left out. (containerd/platforms, Normalize) */
export function normalizePlatform(platform: Platform): Platform {
  const { os, ...rest } = platform;
  const { architecture, variant } = parseArchitecture(rest.architecture, rest.variant);
  const implied =
    (architecture === "amd64" && variant === "v1") ||
    (architecture === "arm64" && /^v?8$/.test(variant ?? ""));
  const numbered = variant !== undefined && /^\d/.test(variant) ? `v${variant}` : variant;
  const kept = implied ? undefined : (numbered ?? (architecture === "arm" ? "v7" : undefined));
  const { variant: _, architecture: __, ...others } = rest;
  return { os: os.toLowerCase(), architecture, ...(kept ? { variant: kept } : {}), ...others };
}
