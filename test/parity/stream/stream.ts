import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Cases, caseOf } from "../cases/case.ts";
import { type Engine, type Engines, finished } from "../engines.ts";
import type { Report } from "../report.ts";

/** Compares what Docker's command line shows of classic builds by both engines. */
export async function compareStreams(engines: Engines, cases: Cases, report: Report): Promise<void> {
  const run = randomUUID().replaceAll("-", "x");
  for (const [name, given] of Object.entries(cases)) {
    // What is cached is that of another case, on purpose or not at all.
    const once = name.startsWith("stream-cached") ? run : `${run}x${name}`;
    const { text, args = [] } = caseOf(given);
    const dockerfile = join(engines.folder, name);
    await Bun.write(dockerfile, text.replaceAll("ONCE", once));
    const shown = async (engine: Engine) => {
      const { status, output } = await finished(
        engine.docker("build", "-f", dockerfile, ...args, engines.context),
        "0",
      );
      return { status, output: neutral(output, once) };
    };
    const [ours, theirs] = [await shown(engines.slipway), await shown(engines.docker)];
    const differences = (["status", "output"] as const)
      .filter((part) => ours[part] !== theirs[part])
      .map((part) => `${part}:\n${unlike(String(ours[part]), String(theirs[part]))}`);
    report.add({ subject: "streams", other: "classic", name, differences, meant: 0 });
  }
}

/** Without names of this run, in the words of Docker 28. */
function neutral(text: string, once: string): string {
  return text
    .replaceAll(once, "ONCE")
    .replace(/^Sending build context[^\n]*\n+/gm, "")
    .replace(/\b[0-9a-f]{64}\b/g, "ID")
    .replace(/\b[0-9a-f]{12}\b/g, "ID")
    .replaceAll("Removing intermediate container", " ---> Removed intermediate container");
}

/** The lines from the first to the last in which two texts differ. */
function unlike(ours: string, theirs: string): string {
  const [mine, other] = [ours.split("\n"), theirs.split("\n")];
  const shorter = Math.min(mine.length, other.length);
  let same = 0;
  while (same < shorter && mine[same] === other[same]) same++;
  let end = 0;
  while (end < shorter - same && mine.at(-1 - end) === other.at(-1 - end)) end++;
  const middle = (lines: string[]) => lines.slice(same, lines.length - end).join("\n");
  return `${middle(mine)}\n/\n${middle(other)}`;
}
