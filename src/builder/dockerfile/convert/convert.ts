import type { Platform } from "../../../oci/platform.ts";
import type { BuildTarget, FrontendResult } from "../../target.ts";
import { warningOf } from "../lint/index.ts";
import type { Conversion } from "./conversion.ts";
import type { FrontendOptions, MetaResolver, ResolvedBase } from "./model.ts";
import { planStages } from "./plan.ts";
import { newConversion, type Request, readRequest } from "./request.ts";
import { convertTarget, stageNamed } from "./target.ts";
import { unconsumedArgs } from "./unconsumed.ts";

/**
 * Turns a Dockerfile into a graph for each target and platform. Only the stages that a target needs are looked at; the images that
 * they begin with are looked up at the same time. Throws DockerfileError, with the place, for all that is wrong in the file, `notFound`
 * for images that are not there, and what an abort is.
 */
export async function convertDockerfile(
  options: FrontendOptions,
  resolver: MetaResolver,
  signal: AbortSignal,
): Promise<FrontendResult> {
  const request = readRequest(options, resolveOnce(options, resolver, signal));
  const { linter, source, consumed, places, triggers } = request;
  const platforms = options.platforms.length > 0 ? options.platforms : [undefined];
  const names = options.targets.length > 0 ? options.targets : [undefined];
  const wanted = platforms.flatMap((platform) => names.map((name) => ({ platform, name })));
  const targets = await Promise.all(wanted.map(({ platform, name }) => convertOne(request, platform, name)));
  linter.check();
  const warnings = linter.findings.map((finding) => warningOf(finding, source));
  return { targets, warnings: [...warnings, ...unconsumedArgs(options, consumed, source)], places, triggers };
}

/** Makes the graph of one target for one platform. */
export async function convertOne(
  request: Request,
  platform: Platform | undefined,
  name: string | undefined,
): Promise<BuildTarget> {
  const conversion = newConversion(request, platform, name);
  planStages(conversion, request.dockerfile.stages);
  return convertTarget(conversion, stageNamed(conversion, name));
}

/** Each image is looked up once, however often it is named. */
function resolveOnce(
  options: FrontendOptions,
  resolver: MetaResolver,
  signal: AbortSignal,
): Conversion["image"] {
  const known = new Map<string, Promise<ResolvedBase>>();
  return (reference, platform) => {
    const key = JSON.stringify([reference, platform]);
    const found = known.get(key) ?? resolver.image(reference, platform, { pull: options.pull }, signal);
    known.set(key, found);
    return found;
  };
}
