import { asSlipwayError } from "../../../errors/index.ts";
import { formatReference, parseReference, withDefaultTag } from "../../../oci/reference.ts";
import { vertex } from "../../graph/index.ts";
import { rules } from "../lint/index.ts";
import { DockerfileError } from "../parser/index.ts";
import { quote } from "../quote.ts";
import { closest } from "../suggest.ts";
import { type Conversion, placed } from "./conversion.ts";
import { placeOf, platformMismatch } from "./from-lint.ts";
import type { NamedContext } from "./model.ts";
import { contextNamed, loadContext } from "./named-context.ts";
import { emptyImage, imageOf, type StageState } from "./stage-state.ts";
import { prefixed } from "./vertex-name.ts";

/** What people often build on: for suggestions. */
const common = ["alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora"];

export function isScratch(conversion: Conversion, state: StageState): boolean {
  return state.baseName === "scratch" && stageContext(conversion, state) === undefined;
}

/** The context that stands for a whole stage. */
function stageContext(conversion: Conversion, { name }: StageState): NamedContext | undefined {
  return name === "" ? undefined : contextNamed(conversion, name);
}

/** Gives a state the image, or the context, that it begins with. Errors say where it is named, and what may be meant. */
export async function loadBase(conversion: Conversion, state: StageState): Promise<void> {
  const { source, stages, platforms } = conversion;
  const name = state.baseName;
  const platform = state.platform ?? platforms.target;
  try {
    const instead = stageContext(conversion, state);
    const context = instead ?? contextNamed(conversion, name);
    if (context === undefined) return await loadImage(conversion, state);
    const { tree, image } = await loadContext(
      conversion,
      instead === undefined ? name : state.name,
      context,
      platform,
    );
    Object.assign(state, { tree, image, platform });
    // A context that stands for the stage has all that the stage would make.
    if (instead !== undefined) Object.assign(state, { commands: [], total: 0, triggersTaken: true });
  } catch (error) {
    // A name that needs an argument may be none without it.
    const open = asSlipwayError(error).kind === "notFound" || state.stage?.from.base.includes("$") === true;
    if (conversion.unknownBases && open) {
      Object.assign(state, { unknownBase: true, image: emptyImage(platform), platform });
      return;
    }
    const meant = closest(name, [...stages.names(), ...common]);
    const suggestion = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    throw placed(error, source, state.range, `${name}: `, suggestion);
  }
}

async function loadImage(conversion: Conversion, state: StageState): Promise<void> {
  const { platforms, manyPlatforms, linter } = conversion;
  const wanted = state.platform ?? platforms.target;
  const written = state.baseName;
  const canonical = canonicalName(conversion, state);
  const base = await conversion.image(canonical, wanted);
  state.image = imageOf(base.config);
  state.platform = wanted;
  if (base.config.rootfs.diff_ids.length === 0) return;
  const op = { kind: "image", reference: base.reference, id: base.id, platform: wanted } as const;
  const name = prefixed(state, `FROM ${base.reference}`, manyPlatforms);
  state.tree = vertex(op, [], { name });
  const mismatch = platformMismatch(written, wanted, state.image.platform);
  if (mismatch !== undefined && state.stage !== undefined)
    linter.report(rules.InvalidBaseImagePlatform, placeOf(state.stage.from), mismatch);
}

function canonicalName({ source }: Conversion, { baseName, range }: StageState): string {
  try {
    return formatReference(withDefaultTag(parseReference(baseName)));
  } catch (error) {
    const { kind, message } = asSlipwayError(error);
    const what = `failed to parse stage name ${quote(baseName)}: ${message}`;
    throw new DockerfileError(what, source, range, kind, error);
  }
}
