import { writeFileSync } from "node:fs";
import type { BuildResult, BuildTargetResult, BuildWarning } from "../../api/index.ts";
import { messageOf } from "../../errors/index.ts";
import { isTrue } from "../flags/scalar.ts";
import { wrong } from "../local-error.ts";

const decoded = (text: string): string => Buffer.from(text, "base64").toString();

/** What scripts read of a build: `--iidfile` and `--metadata-file`. */
export function writeResults(
  { Targets, Warnings }: BuildResult,
  build: string,
  { iidfile, metadata }: { iidfile: string; metadata: string },
): void {
  const last = Targets.at(-1);
  if (iidfile !== "") write(iidfile, last?.ImageID ?? "");
  if (metadata === "") return;
  const targets =
    Targets.length > 1
      ? Object.fromEntries(Targets.map((one) => [one.Target, describe(one, build)]))
      : describe(last, build);
  const wantsWarnings = isTrue(process.env.BUILDX_METADATA_WARNINGS);
  const about =
    wantsWarnings && Warnings.length > 0 ? { ...targets, "buildx.build.warnings": Warnings } : targets;
  write(metadata, `${JSON.stringify(about, undefined, 2)}\n`);
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw wrong(`the image is built, but cannot write ${path}: ${messageOf(error)}`);
  }
}

/** In buildx's words. (docs.docker.com, buildx build --metadata-file) */
function describe(target: BuildTargetResult | undefined, build: string): Record<string, unknown> {
  const { Digest, ConfigDigest, Descriptor, Names = [] } = target ?? {};
  return {
    "buildx.build.ref": `default/default/${build}`,
    ...(ConfigDigest === undefined ? {} : { "containerimage.config.digest": ConfigDigest }),
    ...(Descriptor === undefined ? {} : { "containerimage.descriptor": Descriptor }),
    ...(Digest === undefined ? {} : { "containerimage.digest": Digest }),
    ...(Names.length === 0 ? {} : { "image.name": Names.join(",") }),
  };
}

/** The end of a build with something to be said: one line a warning. */
export function warningLines(warnings: readonly BuildWarning[]): string {
  if (warnings.length === 0) return "";
  const head = `${warnings.length} warning${warnings.length === 1 ? "" : "s"} found:`;
  return `\n ${[head, ...warnings.map(({ short }) => `- ${decoded(short)}`)].join("\n ")}\n`;
}
