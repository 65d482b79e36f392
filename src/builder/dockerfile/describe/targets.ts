import type { BuildTargetList } from "../../../api/build.ts";
import { readStages } from "../instructions/index.ts";
import { parseDockerfile, type Source } from "../parser/index.ts";
import { descriptionOf, given, locationOf } from "./written.ts";

/** Lists the stages of a Dockerfile; the last one is built when none is named. Throws DockerfileError. */
export function listTargets(source: Source): BuildTargetList {
  const { stages } = readStages(parseDockerfile(source).nodes, source);
  const targets = stages.map(({ from, index }) => ({
    ...given("name", from.name),
    ...given("default", index === stages.length - 1),
    ...given("description", descriptionOf(from.node, from.name)),
    ...given("base", from.base),
    ...given("platform", from.platform),
    location: locationOf(from.node.range),
  }));
  return { targets, sources: [Buffer.from(source.text).toString("base64")] };
}
