import { asSlipwayError } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Platform } from "../../../oci/platform.ts";
import type { Edge } from "../../graph/index.ts";
import type { Trigger } from "../../target.ts";
import { ExpansionError, type Lexer } from "../expand/index.ts";
import type { IgnoreMatcher } from "../ignore/index.ts";
import { type Arg, Misuse } from "../instructions/index.ts";
import type { Linter } from "../lint/index.ts";
import { DockerfileError, type Range, type Source } from "../parser/index.ts";
import type { Environment } from "./environment.ts";
import type { Platforms } from "./globals.ts";
import type { FrontendOptions, ResolvedBase } from "./model.ts";
import type { StageTable } from "./stage-table.ts";

/** All that the making of one target's graph for one platform needs. */
export interface Conversion {
  readonly options: FrontendOptions;
  readonly source: Source;
  readonly lexer: Lexer;
  readonly linter: Linter;
  readonly platforms: Platforms;
  /** Nobody asked for the platform: images keep the one that they have. */
  readonly implicitPlatform: boolean;
  /** Names of vertices begin with their platform. */
  readonly manyPlatforms: boolean;
  readonly globals: Environment;
  /** What stands before the first FROM. */
  readonly args: readonly Arg[];
  /** Names that ARG before the first FROM declares, those without a value included. */
  readonly declaredGlobals: ReadonlySet<string>;
  readonly stages: StageTable;
  /** Of the main context, when it has rules. */
  readonly ignore: IgnoreMatcher | undefined;
  /** Build arguments that some instruction declares. */
  readonly consumed: Set<string>;
  /** Of the vertices that instructions were made into. */
  readonly places: Map<Digest, Range>;
  /** Those that came from ONBUILD, by the line of their FROM. */
  readonly triggers: Map<number, Trigger[]>;
  /** The tree of the main context; the same vertex each time. */
  readonly context: Edge;
  /** Images that are not found are taken for such as may have anything. */
  readonly unknownBases: boolean;
  image(reference: string, platform: Platform): Promise<ResolvedBase>;
}

/** Whatever was thrown, as an error with its place in the Dockerfile; what has a place keeps it. */
export function placed(
  error: unknown,
  source: Source,
  range: Range,
  prefix = "",
  suffix = "",
): DockerfileError {
  if (error instanceof DockerfileError) return error;
  if (error instanceof ExpansionError || error instanceof Misuse)
    return new DockerfileError(prefix + error.message + suffix, source, range);
  const { kind, message } = asSlipwayError(error);
  return new DockerfileError(prefix + message + suffix, source, range, kind, error);
}
