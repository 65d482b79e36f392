import type { ExecutionConfig, History, ImageConfig } from "../../../oci/image.ts";
import type { Platform } from "../../../oci/platform.ts";
import type { Edge } from "../../graph/index.ts";
import type { ArgDefinition, Command, Stage } from "../instructions/index.ts";
import type { Range } from "../parser/index.ts";
import { Environment } from "./environment.ts";

/** The image that a stage makes, while it is made. */
export interface StageImage {
  platform: Platform;
  author?: string;
  config: ExecutionConfig;
  history: History[];
}

/** An instruction of a stage, and what it takes files from: for COPY one or none, for RUN one a mount. */
export interface PlannedCommand {
  readonly command: Command;
  readonly sources: readonly (StageState | undefined)[];
  /** It comes from the base image. */
  readonly onbuild: boolean;
}

/** A stage on its way into the graph; or an image or a context that an instruction names. */
export class StageState {
  /** What it is called in names of vertices; empty for the only stage, and for what is none. */
  label: string;
  /** The stage that it goes on from. */
  base: StageState | undefined;
  platform: Platform | undefined;
  commands: PlannedCommand[] = [];
  /** Stages whose files it takes, each with an instruction that does. */
  readonly needs = new Map<StageState, Command>();
  tree: Edge;
  image: StageImage | undefined;
  environment = new Environment();
  workdir = "/";
  workdirSet = false;
  declared: ArgDefinition[] = [];
  /** How many steps people are told of, and how many there have been. */
  total = 0;
  done = 0;
  resolved = false;
  dispatched = false;
  triggersTaken = false;
  ignoreCache = false;
  /** Its base may have set variables that nobody knows of. */
  unknownBase = false;
  /** Instructions of which the last counts, as they came. */
  readonly seen = new Map<string, Command>();

  constructor(
    /** Undefined for an image or a context that is no stage. */
    readonly stage: Stage | undefined,
    /** What it is made from: the name of an image, a stage or a context. */
    public baseName: string,
    readonly range: Range,
  ) {
    this.label = stage?.from.name ?? "";
  }

  get name(): string {
    return this.stage?.from.name ?? "";
  }
}

/** The image of a base, without what each image has of its own. ONBUILD is taken from it apart. */
export function imageOf({ author, config, history, ...rest }: ImageConfig): StageImage {
  const { os, architecture, variant } = rest;
  const platform: Platform = { os, architecture, ...(variant ? { variant } : {}) };
  for (const key of ["os.version", "os.features"] as const)
    if (rest[key] !== undefined) Object.assign(platform, { [key]: rest[key] });
  return {
    platform,
    ...(author ? { author } : {}),
    config: structuredClone(config ?? {}),
    history: structuredClone(history ?? []),
  };
}

export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What `FROM scratch` begins with. */
export function emptyImage(platform: Platform): StageImage {
  return { platform, config: { Env: [`PATH=${defaultPath}`], WorkingDir: "/" }, history: [] };
}
