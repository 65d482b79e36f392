import { own } from "./globals.ts";
import type { FrontendOptions } from "./model.ts";

/** 1980-01-01, the first day that files in zip archives can have. */
const earliest = 315_532_800;

/**
 * The time of files and directories that no source gives one: SOURCE_DATE_EPOCH, or always the same, so that the same Dockerfile
 * makes the same layers.
 */
export function fileTime({ buildArgs }: FrontendOptions): number {
  const epoch = own(buildArgs, "SOURCE_DATE_EPOCH") ?? "";
  return /^\d+$/.test(epoch) ? Number(epoch) : earliest;
}
