import { notFound } from "../../../errors/index.ts";
import type { ExecutionConfig } from "../../../oci/image.ts";
import type { Platform } from "../../../oci/platform.ts";
import type { BuildTarget } from "../../target.ts";
import type { Stage } from "../instructions/index.ts";
import type { Conversion } from "./conversion.ts";
import { dispatchStage } from "./dispatch.ts";
import { isNamed } from "./plan.ts";
import { normalizePlatform } from "./platform.ts";
import { resolveStages } from "./resolve.ts";
import type { StageState } from "./stage-state.ts";

/** The stage that a request names; none: the last one. */
export function stageNamed({ stages }: Conversion, name: string | undefined): StageState {
  const all = stages.states.filter(({ stage }) => stage !== undefined);
  const named = (stage: Stage | undefined) =>
    stage !== undefined && name !== undefined && isNamed(stage, name);
  const found = name === undefined ? all.at(-1) : all.findLast(({ stage }) => named(stage));
  if (found !== undefined) return found;
  throw notFound(`target stage "${name}" could not be found${stages.suggestion(name ?? "")}`);
}

/** Makes the graph of a stage and of all that it needs. */
export async function convertTarget(conversion: Conversion, state: StageState): Promise<BuildTarget> {
  const reached = await resolveStages(conversion, state);
  for (const each of conversion.stages.states) if (reached.has(each)) dispatchStage(conversion, each);
  const { image } = state;
  if (image === undefined) throw new TypeError(`stage ${state.label} has no image`);
  const platform = imagePlatform(conversion, image.platform);
  const { author, history, config } = image;
  return {
    name: state.name || String(state.stage?.index ?? ""),
    stage: state.stage?.index ?? 0,
    platform,
    tree: state.tree,
    config: { ...platform, ...(author === undefined ? {} : { author }), config: tidy(config, conversion) },
    history,
  };
}

/** What was asked for; or when nothing was, what the base image has. */
function imagePlatform({ implicitPlatform, platforms }: Conversion, own: Platform): Platform {
  const { target } = platforms;
  if (implicitPlatform) return normalizePlatform(own);
  const same = own.os === target.os && own.architecture === target.architecture;
  return normalizePlatform(same ? { ...own, ...target } : target);
}

/** In Docker's order of members, maps sorted, and without what is empty, as Docker's JSON is. */
function tidy(config: ExecutionConfig, { options }: Conversion): ExecutionConfig {
  const labels = { ...config.Labels, ...options.labels };
  const members: ExecutionConfig = {
    User: config.User ?? "",
    ExposedPorts: sorted(config.ExposedPorts),
    Env: config.Env ?? [],
    Entrypoint: config.Entrypoint ?? [],
    Cmd: config.Cmd ?? [],
    Volumes: sorted(config.Volumes),
    WorkingDir: config.WorkingDir ?? "",
    Labels: sorted(labels),
    StopSignal: config.StopSignal ?? "",
    ArgsEscaped: config.ArgsEscaped ?? false,
    Healthcheck: config.Healthcheck ?? null,
    OnBuild: config.OnBuild ?? [],
    Shell: config.Shell ?? [],
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}

function sorted<T>(map: Record<string, T> | null | undefined): Record<string, T> {
  return Object.fromEntries(Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === "" ||
    value === false ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}
