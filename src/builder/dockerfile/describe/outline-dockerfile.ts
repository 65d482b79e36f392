import type { BuildOutline } from "../../../api/build.ts";
import { type KnownBase, knownOnly } from "../convert/check.ts";
import type { FrontendOptions } from "../convert/model.ts";
import { planStages } from "../convert/plan.ts";
import { newConversion, readRequest } from "../convert/request.ts";
import { convertTarget, stageNamed } from "../convert/target.ts";
import { outlineOf } from "./outline.ts";

/**
 * Says what can be given to the target that is named, or to the last stage. Nothing is fetched: an image that is not here is taken
 * for one that has no triggers. Throws DockerfileError for what cannot be built at all.
 */
export async function outlineDockerfile(options: FrontendOptions, known: KnownBase): Promise<BuildOutline> {
  const request = { ...readRequest(options, knownOnly(known)), unknownBases: true };
  const [name] = options.targets;
  const conversion = newConversion(request, options.platforms[0], name);
  planStages(conversion, request.dockerfile.stages);
  const state = stageNamed(conversion, name);
  const { tree } = await convertTarget(conversion, state);
  return outlineOf({ conversion, state, tree });
}
