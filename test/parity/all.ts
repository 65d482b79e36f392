import { cases } from "./cases/index.ts";
import type { Engines } from "./engines.ts";
import { compareImages } from "./image/images.ts";
import { compareMessages } from "./messages/messages.ts";
import { mistakes } from "./messages/mistakes.ts";
import { Report } from "./report.ts";
import { streamCases } from "./stream/cases.ts";
import { compareStreams } from "./stream/stream.ts";

/**
 * Compares all, or only the cases of these names.
 * @returns whether nothing differs but what is meant
 */
export async function compareAll(engines: Engines, names: readonly string[]): Promise<boolean> {
  const report = new Report();
  const wanted = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.length === 0 || names.includes(name)));
  await compareImages(engines, wanted(cases), report);
  await compareMessages(engines, wanted(mistakes), report);
  await compareStreams(engines, wanted(streamCases), report);
  return report.end();
}
