import { notFound } from "../../../errors/index.ts";
import type { Platform } from "../../../oci/platform.ts";
import type { BuildWarning } from "../../progress/model.ts";
import { adviseDockerfile, warningOf } from "../lint/index.ts";
import type { Conversion } from "./conversion.ts";
import { convertOne } from "./convert.ts";
import type { FrontendOptions, ResolvedBase } from "./model.ts";
import { readRequest } from "./request.ts";

/** An image, if it is known without fetching anything. */
export type KnownBase = (reference: string, platform: Platform) => ResolvedBase | undefined;

/** Finds images that are known; others are `notFound`. */
export function knownOnly(known: KnownBase): Conversion["image"] {
  return async (reference, platform) => {
    const base = known(reference, platform);
    if (base === undefined) throw notFound(`${reference} is not here`);
    return base;
  };
}

/**
 * Checks all stages of a Dockerfile, or those that are named, for BuildKit's rules and our own. Nothing is fetched: of images that are not
 * known it is not said which variables they have not. Throws DockerfileError for what cannot be built at all.
 */
export async function checkDockerfile(options: FrontendOptions, known: KnownBase): Promise<BuildWarning[]> {
  const request = readRequest(options, knownOnly(known));
  const { linter, dockerfile, source } = request;
  adviseDockerfile(linter, dockerfile);
  const names =
    options.targets.length > 0 ? options.targets : dockerfile.stages.map(({ index }) => `${index}`);
  const platforms = options.platforms.length > 0 ? options.platforms : [undefined];
  for (const platform of platforms)
    for (const name of names) await convertOne({ ...request, unknownBases: true }, platform, name);
  return linter.findings.map((finding) => warningOf(finding, source));
}
