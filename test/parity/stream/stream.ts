import { join } from "node:path";
import { type Cases, caseOf } from "../cases/case.ts";
import { type Engine, type Engines, finished } from "../engines.ts";
import type { Report } from "../report.ts";

/** Compares what Docker's command line shows of classic builds by both engines. */
export async function compareStreams(engines: Engines, cases: Cases, report: Report): Promise<void> {
  for (const [name, given] of Object.entries(cases)) {
    const { text, args = [] } = caseOf(given);
    const dockerfile = join(engines.folder, name);
    await Bun.write(dockerfile, text);
    const shown = async (engine: Engine) => {
      const { status, output, errors } = await finished(
        engine.docker("build", "-f", dockerfile, ...args, engines.context),
        "0",
      );
      return { status, output: neutral(output), errors: neutral(errors) };
    };
    const [ours, theirs] = [await shown(engines.slipway), await shown(engines.docker)];
    const differences = (["status", "output", "errors"] as const)
      .filter((part) => ours[part] !== theirs[part])
      .map((part) => `${part}:\n${ours[part]}\n/\n${theirs[part]}`);
    report.add({ subject: "streams", other: "classic", name, differences, meant: 0 });
  }
}

/** Without names of this run, in the words of Docker 28. */
function neutral(text: string): string {
  return text
    .replace(/^Sending build context.*\n+/gm, "")
    .replace(/\b[0-9a-f]{64}\b/g, "ID")
    .replace(/\b[0-9a-f]{12}\b/g, "ID")
    .replace(/^(\S*)Removing intermediate container/gm, "$1 ---> Removed intermediate container");
}
