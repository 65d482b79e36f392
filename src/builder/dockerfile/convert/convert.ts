import { hostPlatform, type Platform } from "../../../oci/platform.ts";
import type { FrontendResult } from "../../target.ts";
import { Lexer } from "../expand/index.ts";
import { IgnoreMatcher } from "../ignore/index.ts";
import { type Dockerfile, readStages } from "../instructions/index.ts";
import { checkOptionsOf, Linter, lintDockerfile, warningOf } from "../lint/index.ts";
import { type ParsedDockerfile, parseDockerfile, type Source } from "../parser/index.ts";
import { type Conversion, placed } from "./conversion.ts";
import { predefinedArgs, withGlobals } from "./globals.ts";
import type { FrontendOptions, MetaResolver, ResolvedBase } from "./model.ts";
import { mainContext } from "./named-context.ts";
import { planStages } from "./plan.ts";
import { StageTable } from "./stage-table.ts";
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
  const source: Source = { filename: options.filename, text: options.text };
  const parsed = parseDockerfile(source);
  const linter = new Linter(checkOptionsOf(parsed, options.check));
  const dockerfile = readStages(parsed.nodes, source);
  lintDockerfile(linter, parsed, dockerfile);
  const request = {
    options,
    source,
    parsed,
    dockerfile,
    linter,
    image: resolveOnce(options, resolver, signal),
  };
  const platforms = options.platforms.length > 0 ? options.platforms : [undefined];
  const names = options.targets.length > 0 ? options.targets : [undefined];
  const wanted = platforms.flatMap((platform) => names.map((name) => ({ platform, name })));
  const consumed = new Set<string>();
  const places: FrontendResult["places"] & Conversion["places"] = new Map();
  const targets = await Promise.all(
    wanted.map(({ platform, name }) => convertOne(request, platform, name, { consumed, places })),
  );
  linter.check();
  const warnings = linter.findings.map((finding) => warningOf(finding, source));
  return { targets, warnings: [...warnings, ...unconsumedArgs(options, consumed, source)], places };
}

interface Request {
  readonly options: FrontendOptions;
  readonly source: Source;
  readonly parsed: ParsedDockerfile;
  readonly dockerfile: Dockerfile;
  readonly linter: Linter;
  readonly image: Conversion["image"];
}

async function convertOne(
  request: Request,
  platform: Platform | undefined,
  name: string | undefined,
  notes: Pick<Conversion, "consumed" | "places">,
) {
  const conversion = newConversion(request, platform, name, notes);
  planStages(conversion, request.dockerfile.stages);
  return convertTarget(conversion, stageNamed(conversion, name));
}

function newConversion(
  { options, source, parsed, dockerfile, linter, image }: Request,
  platform: Platform | undefined,
  name: string | undefined,
  { consumed, places }: Pick<Conversion, "consumed" | "places">,
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
    declaredGlobals: new Set(declared),
    stages: new StageTable(),
    ignore: rules.length > 0 ? new IgnoreMatcher(rules) : undefined,
    consumed,
    places,
    context: mainContext(context),
    image,
  };
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
