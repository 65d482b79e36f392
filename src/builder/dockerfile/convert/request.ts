import { hostPlatform, type Platform } from "../../../oci/platform.ts";
import { Lexer } from "../expand/index.ts";
import { IgnoreMatcher } from "../ignore/index.ts";
import { type Dockerfile, readStages } from "../instructions/index.ts";
import { checkOptionsOf, Linter, lintDockerfile } from "../lint/index.ts";
import { type ParsedDockerfile, parseDockerfile, type Source } from "../parser/index.ts";
import { type Conversion, placed } from "./conversion.ts";
import { lintDefaults } from "./from-lint.ts";
import { own, predefinedArgs, withGlobals } from "./globals.ts";
import type { FrontendOptions } from "./model.ts";
import { mainContext } from "./named-context.ts";
import { StageTable } from "./stage-table.ts";

/** A Dockerfile that was read, and all that its targets have in common. */
export interface Request {
  readonly options: FrontendOptions;
  readonly source: Source;
  readonly parsed: ParsedDockerfile;
  readonly dockerfile: Dockerfile;
  readonly linter: Linter;
  readonly image: Conversion["image"];
  /** Build arguments that some instruction declares. */
  readonly consumed: Set<string>;
  readonly places: Conversion["places"];
  readonly triggers: Conversion["triggers"];
  /** Images that are not found are taken for such as may have anything. */
  readonly unknownBases?: boolean;
}

/** Reads a Dockerfile and checks what can be seen in it alone. */
export function readRequest(options: FrontendOptions, image: Conversion["image"]): Request {
  const source: Source = { filename: options.filename, text: options.text };
  const parsed = parseDockerfile(source);
  const linter = new Linter(
    checkOptionsOf(parsed, options.check, own(options.buildArgs, "BUILDKIT_DOCKERFILE_CHECK")),
  );
  const dockerfile = readStages(parsed.nodes, source);
  lintDockerfile(linter, parsed, dockerfile);
  lintDefaults(linter, dockerfile, new Lexer(parsed.escape));
  const found = { consumed: new Set<string>(), places: new Map(), triggers: new Map() };
  return { options, source, parsed, dockerfile, linter, image, ...found };
}

/** A new conversion for a target and a platform; undefined: the last stage, this host's. */
export function newConversion(
  { options, source, parsed, dockerfile, linter, image, consumed, places, triggers, unknownBases }: Request,
  platform: Platform | undefined,
  name: string | undefined,
): Conversion {
  const build = hostPlatform();
  const platforms = { build, target: platform ?? build };
  const lexer = new Lexer(parsed.escape);
  const context = options.contexts.get("context");
  const rules = context?.kind === "local" ? context.ignore : [];
  const predefined = predefinedArgs(
    platforms,
    options.buildArgs,
    name ?? dockerfile.stages.at(-1)?.from.name ?? "",
  );
  const declared = dockerfile.globals.flatMap(({ definitions }) => definitions.map(({ key }) => key));
  for (const key of declared) consumed.add(key);
  return {
    options,
    source,
    lexer,
    linter,
    platforms,
    implicitPlatform: platform === undefined,
    manyPlatforms: options.platforms.length > 1,
    globals: withGlobals(predefined, dockerfile.globals, options.buildArgs, lexer, (error, { node }) => {
      throw placed(error, source, node.range);
    }),
    args: dockerfile.globals,
    declaredGlobals: new Set(declared),
    stages: new StageTable(),
    ignore: rules.length > 0 ? new IgnoreMatcher(rules) : undefined,
    consumed,
    places,
    triggers,
    unknownBases: unknownBases === true,
    context: mainContext(context, own(options.buildArgs, "BUILDKIT_CONTEXT_KEEP_GIT_DIR")),
    image,
  };
}
