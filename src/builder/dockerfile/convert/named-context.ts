import { formatPlatform, type Platform } from "../../../oci/platform.ts";
import {
  familiarReference,
  formatReference,
  parseReference,
  withDefaultTag,
} from "../../../oci/reference.ts";
import { type Edge, vertex } from "../../graph/index.ts";
import type { Conversion } from "./conversion.ts";
import { parseGitReference } from "./git-reference.ts";
import type { NamedContext } from "./model.ts";
import { emptyImage, imageOf, type StageImage } from "./stage-state.ts";

/** The context that stands for a stage or an image, whichever way its name is written; `context` and `scratch` are none. */
export function contextNamed({ options, platforms }: Conversion, name: string): NamedContext | undefined {
  if (name === "context" || name === "scratch") return undefined;
  for (const spelling of spellings(name)) {
    const { contexts } = options;
    const found = contexts.get(`${spelling}::${formatPlatform(platforms.target)}`) ?? contexts.get(spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}

function spellings(name: string): string[] {
  try {
    const reference = withDefaultTag(parseReference(name));
    const familiar = familiarReference(reference);
    return [name, familiar, familiar.replace(/:latest$/, ""), formatReference(reference)];
  } catch {
    // Names of contexts need not be names of images.
    return [name];
  }
}

/** The tree of a context, and the image that it comes with. */
export async function loadContext(
  conversion: Conversion,
  name: string,
  context: NamedContext,
  platform: Platform,
): Promise<{ tree: Edge; image: StageImage }> {
  const label = `[context ${name}]`;
  if (context.kind === "local") {
    const { name: directory, ignore } = context;
    const tree = vertex({ kind: "local", name: directory, ignore }, [], {
      name: `${label} load from client`,
    });
    return { tree, image: emptyImage(platform) };
  }
  if (context.kind === "git") {
    const op = gitOp(context.url);
    return { tree: vertex(op, [], { name: `${label} ${context.url}` }), image: emptyImage(platform) };
  }
  if (context.kind === "image" && context.reference === "scratch")
    return { tree: undefined, image: emptyImage(platform) };
  const base = context.kind === "image" ? await conversion.image(context.reference, platform) : context.base;
  const image = imageOf(base.config);
  if (base.config.rootfs.diff_ids.length === 0) return { tree: undefined, image };
  if (context.kind === "image") {
    const op = { kind: "image", reference: base.reference, id: base.id, platform } as const;
    return { tree: vertex(op, [], { name: `${label} ${base.reference}` }), image };
  }
  const { name: layout, manifest } = context;
  const op = { kind: "oci-layout", name: layout, id: base.id, manifest, platform } as const;
  return { tree: vertex(op, [], { name: `${label} ${base.reference}` }), image };
}

/** A git context as an operation. */
export function gitOp(url: string) {
  const { remote, ref, subdirectory, checksum, keepGitDirectory, submodules } = parseGitReference(url);
  return {
    kind: "git",
    remote,
    ...(ref ? { ref } : {}),
    ...(subdirectory ? { subdirectory } : {}),
    ...(checksum ? { checksum } : {}),
    ...(submodules === false ? { skipSubmodules: true } : {}),
    keepGitDirectory: keepGitDirectory === true,
  } as const;
}

/** The main context; undefined when there is none: an empty tree. `keepGit`: what a build argument says of `.git`. */
export function mainContext(context: NamedContext | undefined, keepGit: string | undefined): Edge {
  if (context?.kind === "local") {
    const { name, ignore } = context;
    return vertex({ kind: "local", name, ignore }, [], { name: "[internal] load build context" });
  }
  if (context?.kind !== "git") return undefined;
  const op = gitOp(context.url);
  const keepGitDirectory = op.keepGitDirectory || /^(1|t|true)$/i.test(keepGit ?? "");
  return vertex({ ...op, keepGitDirectory }, [], { name: `[internal] load git source ${context.url}` });
}
