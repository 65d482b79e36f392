import { join } from "node:path";
import { type Cases, caseOf } from "../cases/case.ts";
import { type Engine, type Engines, finished } from "../engines.ts";
import type { Comparison, Report } from "../report.ts";
import { isMeant } from "./meant.ts";
import { said } from "./said.ts";

/** Builds what cannot be built, and compares exit statuses and what people are told. */
export async function compareMessages(engines: Engines, cases: Cases, report: Report): Promise<void> {
  for (const [name, given] of Object.entries(cases)) {
    const { text, args = [] } = caseOf(given);
    const dockerfile = join(engines.folder, name);
    await Bun.write(dockerfile, text);
    const build = async (argv: Engine["command"], kit: "0" | "1") => {
      const told = await finished(argv("build", "-f", dockerfile, ...args, engines.context), kit);
      return `${told.status} ${told.status === 0 ? "builds" : said(told.errors, dockerfile)}`;
    };
    const { slipway, docker } = engines;
    const [kit, theirKit, classic, theirClassic] = await Promise.all([
      build(slipway.command, "1"),
      build(docker.command, "1"),
      build(slipway.docker, "0"),
      build(docker.command, "0"),
    ]);
    // The classic endpoint says what BuildKit says, unless a command has failed.
    const asKit = classic === theirKit;
    report.add(compared(name, "BuildKit", kit, theirKit, isMeant(name)));
    report.add(compared(name, "classic", classic, theirClassic, asKit || isMeant(name)));
  }
}

function compared(
  name: string,
  other: Comparison["other"],
  ours: string,
  theirs: string,
  mayDiffer: boolean,
): Comparison {
  const differs = ours !== theirs;
  const differences = differs && !mayDiffer ? [`${ours}\n/ ${theirs}`] : [];
  return { subject: "mistakes", other, name, differences, meant: differs && mayDiffer ? 1 : 0 };
}
