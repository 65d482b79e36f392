import { join } from "node:path";
import { type Cases, caseOf } from "../cases/case.ts";
import { type Engine, type Engines, finished } from "../engines.ts";
import type { Comparison, Report } from "../report.ts";
import { differences, type Scope } from "./compare.ts";
import { meant } from "./meant.ts";
import { type SavedImage, savedImage } from "./saved.ts";
import { serveFiles } from "./server.ts";

/** Builds each case with all builders, and compares what comes of it. */
export async function compareImages(engines: Engines, cases: Cases, report: Report): Promise<void> {
  await using server = await serveFiles(engines.context);
  for (const [name, given] of Object.entries(cases)) {
    const { text, older, args = [] } = caseOf(given);
    const dockerfile = join(engines.folder, name);
    const olderFile = `${dockerfile}.older`;
    await Bun.write(dockerfile, text.replaceAll("SERVER", server.url));
    await Bun.write(olderFile, (older ?? text).replaceAll("SERVER", server.url));
    const build = (engine: Engine, kit: "0" | "1", file: string) =>
      built(engine, kit, `parity-${name.toLowerCase()}-${kit}`, [...args, "-f", file, engines.context]);
    const [ours, kit, classic] = await Promise.all([
      build(engines.slipway, "1", dockerfile),
      build(engines.docker, "1", olderFile),
      build(engines.docker, "0", olderFile),
    ]);
    report.add(compared(name, "BuildKit", ours, kit, older === undefined ? "all" : "result"));
    report.add(compared(name, "classic", ours, classic, older === undefined ? "no history" : "result"));
  }
}

/** The image, or what the builder says instead of one. */
async function built(
  engine: Engine,
  kit: "0" | "1",
  tag: string,
  args: string[],
): Promise<SavedImage | string> {
  const { status, errors } = await finished(engine.command("build", "-q", "-t", tag, ...args), kit);
  if (status !== 0) return `refuses: ${errors.trim().split("\n").at(-1)}`;
  return await savedImage(engine.command("save", tag));
}

function compared(
  name: string,
  other: Comparison["other"],
  ours: SavedImage | string,
  theirs: SavedImage | string,
  scope: Scope,
): Comparison {
  const of = (image: SavedImage | string) => (typeof image === "string" ? image : "builds");
  const found =
    typeof ours === "string" || typeof theirs === "string"
      ? [`${of(ours)} / ${of(theirs)}`]
      : differences(ours, theirs, scope);
  const left = found.filter((line) => !meant(name, other, line));
  return { subject: "images", name, other, differences: left, meant: found.length - left.length };
}
