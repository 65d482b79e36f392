import type { BuildCall, BuildResult } from "../../api/build.ts";
import {
  checkDockerfile,
  type FrontendOptions,
  type KnownBase,
  listTargets,
  outlineDockerfile,
} from "../dockerfile/index.ts";

/** Says of a Dockerfile what is asked of it. Nothing is built or fetched. */
export async function answerCall(
  call: BuildCall,
  options: FrontendOptions,
  known: KnownBase,
): Promise<BuildResult> {
  const none = { Targets: [], Warnings: [] };
  if (call === "check") return { ...none, Warnings: await checkDockerfile(options, known) };
  if (call === "outline") return { ...none, Outline: await outlineDockerfile(options, known) };
  return { ...none, List: listTargets({ filename: options.filename, text: options.text }) };
}
