import { compileGlob, type Glob } from "../../../dockerfile/ignore/glob.ts";
import { IgnoreMatcher } from "../../../dockerfile/ignore/index.ts";
import { join, kinds, type SourceTree } from "./tree.ts";

/** Something that a step takes from a tree. */
export interface Selected {
  /** Where it is, after all links. */
  readonly path: string;
  /** Its last name as it was asked for: what it is called in a directory that it goes into. */
  readonly name: string;
  /** With `--parents`: the directories to go through below the destination, and where they are in the tree. */
  readonly above?: readonly { readonly name: string; readonly path: string }[];
}

export interface Selector {
  /** From the tree's root; with wildcards of Go's filepath.Match. */
  readonly source: string;
  /** What the source has before `/./`, or nothing, is the root, and the rest is made at the destination, too. */
  readonly parents: boolean;
}

/** What a source means, in the order of names; nothing when there is nothing. To be called before a chroot. */
export function select(tree: SourceTree, { source, parents }: Selector): Selected[] {
  if (parents) return selectWithParents(tree, source);
  return expand(tree, "", parts(source)).flatMap((path) => {
    const found = tree.resolve(path);
    return found === undefined ? [] : [{ path: found, name: path.slice(path.lastIndexOf("/") + 1) }];
  });
}

export const hasWildcard = (path: string): boolean => /[*?[\\]/.test(path);

const parts = (path: string): string[] => path.split("/").filter((part) => part !== "" && part !== ".");

/** Paths that match, each part by itself; links on the way are followed. */
function expand(tree: SourceTree, above: string, rest: readonly string[]): string[] {
  const [part, ...further] = rest;
  if (part === undefined) return [above];
  if (!hasWildcard(part)) return expand(tree, join(above, part), further);
  const directory = tree.resolve(above);
  if (directory === undefined || !tree.isDirectory(directory)) return [];
  const glob = compileGlob(part);
  return tree
    .list(directory)
    .filter(({ name }) => matches(glob, name))
    .flatMap(({ name }) => expand(tree, join(above, name), further));
}

function matches(glob: Glob, name: string): boolean {
  switch (glob.kind) {
    case "exact":
      return glob.path === name;
    case "name":
      return glob.name === name;
    case "prefix":
      return false;
    case "suffix":
      return name.endsWith(glob.suffix);
    case "expression":
      return glob.expression.test(name);
  }
}

/** Here `**` stands for any number of directories. */
function selectWithParents(tree: SourceTree, source: string): Selected[] {
  const at = source.indexOf("/./");
  const root = tree.resolve(at < 0 ? "" : source.slice(0, at));
  if (root === undefined) return [];
  const pattern = parts(at < 0 ? source : source.slice(at + 3)).join("/");
  const below = hasWildcard(pattern) ? walk(tree, root, new IgnoreMatcher([pattern]), "") : [pattern];
  return [...below].flatMap((path) => withParents(tree, root, path));
}

function withParents(tree: SourceTree, root: string, below: string): Selected[] {
  const names = below.split("/");
  const found = tree.resolve(join(root, below));
  if (found === undefined) return [];
  const above = names.slice(0, -1).map((name, at) => {
    const path = tree.resolve(join(root, names.slice(0, at + 1).join("/")));
    return { name, path: path ?? "" };
  });
  return [{ path: found, name: names.at(-1) ?? "", above }];
}

function* walk(tree: SourceTree, root: string, matcher: IgnoreMatcher, below: string): Generator<string> {
  for (const { name, type } of tree.list(join(root, below))) {
    const path = join(below, name);
    if (matcher.excludes(path)) yield path;
    else if (type === kinds.directory) yield* walk(tree, root, matcher, path);
  }
}
