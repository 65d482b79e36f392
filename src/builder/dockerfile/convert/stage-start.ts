import type { Conversion } from "./conversion.ts";
import { Environment, nameAndValue } from "./environment.ts";
import { joinPath } from "./path.ts";
import { defaultPath, type StageImage, type StageState } from "./stage-state.ts";

/** Gives a stage what its base has: files, image, variables, working directory. */
export function startStage({ platforms }: Conversion, state: StageState): StageImage {
  const { base } = state;
  if (base?.image !== undefined) {
    state.tree = base.tree;
    state.image = structuredClone(base.image);
    delete state.image.config.OnBuild;
    state.platform = base.platform;
    state.environment = base.environment.copy();
    state.workdirSet = base.workdirSet;
    state.unknownBase = base.unknownBase;
    state.declared = [...base.declared];
  }
  state.platform ??= platforms.target;
  const { image } = state;
  if (image === undefined) throw new TypeError(`stage ${state.label} has no image`);
  const env = (image.config.Env ?? []).map(nameAndValue);
  if (!env.some(([name]) => name === "PATH"))
    image.config.Env = [...(image.config.Env ?? []), `PATH=${defaultPath}`];
  if (base === undefined) state.environment = new Environment();
  for (const [name, value] of (image.config.Env ?? []).map(nameAndValue)) state.environment.set(name, value);
  const { WorkingDir } = image.config;
  if (WorkingDir) image.config.WorkingDir = joinPath("/", WorkingDir);
  state.workdir = image.config.WorkingDir || "/";
  return image;
}
