import { closeSync, constants, openSync } from "node:fs";
import { fsPath, posix } from "../../../../archive/index.ts";
import { invalid, notFound } from "../../../../errors/index.ts";
import { statOf } from "../../../../layers/child/packer.ts";
import { resolveLinks } from "../../../../layers/child/resolve.ts";
import { atName } from "../../../../os/at.ts";
import { IgnoreMatcher } from "../../../dockerfile/ignore/index.ts";
import type { FileAction } from "../../../graph/index.ts";
import { hasWildcard, type Selected, select } from "../source/select.ts";
import { bytesOf, type SourceTree } from "../source/tree.ts";
import type { Place } from "./actions.ts";
import type { OpenArchive } from "./archive.ts";
import { Copier, type CopyRules } from "./copier.ts";
import { parseMode } from "./mode.ts";
import type { Owner } from "./owner.ts";
import { makeDirectories, type PlaceOptions } from "./place.ts";

type CopyAction = Extract<FileAction, { action: "copy" }>;

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY;

/** One of the things that a copy takes. */
export interface PreparedCopy extends Selected {
  readonly tree: SourceTree;
  readonly isDirectory: boolean;
  /** It is to be unpacked. */
  readonly archive?: OpenArchive;
}

/** Looks the sources up: to be done while they can be reached by name. `notFound` for one that must be there. */
export async function prepareCopy(
  { sources, parents, required, unpack }: CopyAction,
  tree: SourceTree | undefined,
): Promise<PreparedCopy[]> {
  const prepared: PreparedCopy[] = [];
  for (const source of sources) {
    const found = tree === undefined ? [] : select(tree, { source, parents });
    if (found.length === 0 && (required || !hasWildcard(source)))
      throw (
        tree?.missing(source) ?? notFound(`${JSON.stringify(source)}: not found: there is nothing in scratch`)
      );
    for (const selected of found) {
      const of = tree as SourceTree;
      const isDirectory = of.isDirectory(selected.path);
      const archive = unpack && !isDirectory ? await openedArchive(of, selected.path) : undefined;
      prepared.push({ ...selected, tree: of, isDirectory, ...(archive === undefined ? {} : { archive }) });
    }
  }
  return prepared;
}

/** Few copies unpack something: what decompresses takes as long to load as most copies take. */
async function openedArchive(tree: SourceTree, path: string): Promise<OpenArchive | undefined> {
  const { openArchive } = await import("./archive.ts");
  return await openArchive(tree, path);
}

/** Makes the copies, in this process's root. */
export async function performCopy(
  action: CopyAction,
  owner: Owner | undefined,
  copies: readonly PreparedCopy[],
  { times, time, earlier }: Place,
): Promise<void> {
  const { replaceLinks } = action;
  const place = { times, time, owner: owner ?? { uid: 0, gid: 0 }, mode: 0o755, replaceLinks };
  const exclude = action.exclude.length === 0 ? undefined : new IgnoreMatcher(action.exclude);
  const mode = action.mode === undefined ? undefined : parseMode(action.mode);
  for (const copy of copies) {
    if (copy.archive !== undefined) {
      using archive = copy.archive;
      await archive.unpack(makeDirectories(action.destination, place), times, time);
      continue;
    }
    const { tree } = copy;
    const rules: CopyRules = { tree, owner, mode, exclude, replace: replaceLinks, time, earlier };
    if (!copy.isDirectory && exclude?.excludes(relativeName(copy))) continue;
    // One for each source: names of a file that two of them have become files of their own, as with BuildKit.
    copyOne(new Copier(rules), action, copy, place);
  }
}

/** Where a source goes is as with Docker's COPY: the contents of a directory into the destination, a file as it or into it. */
function copyOne(
  copier: Copier,
  { destination, intoDirectory }: CopyAction,
  copy: PreparedCopy,
  place: PlaceOptions,
): void {
  if (copy.above !== undefined) withParents(copier, destination, copy, copy.above, place);
  else if (copy.isDirectory) copyContents(copier, destination, copy, place);
  else {
    const into = intoDirectory || isDirectory(destination, place.replaceLinks);
    const target = into
      ? posix.join(destination, copy.name)
      : place.replaceLinks
        ? destination
        : resolveLinks(destination);
    copyAs(copier, copy, makeDirectories(posix.dirname(target), place), posix.basename(target), place);
  }
}

/** As with Docker, the directory that the contents go into is like others that are made on the way, whatever the source's. */
function copyContents(copier: Copier, destination: string, copy: PreparedCopy, place: PlaceOptions): void {
  const full = place.replaceLinks ? destination : resolveLinks(destination);
  if (!place.replaceLinks && statOf(full)?.isDirectory() === false)
    throw invalid(`cannot copy to non-directory: ${full}`);
  copyAs(copier, copy, makeDirectories(full, place), ".", place);
}

function copyAs(
  copier: Copier,
  { path, tree }: Pick<PreparedCopy, "path" | "tree">,
  directory: string,
  name: string,
  { times }: PlaceOptions,
  { deep = true } = {},
): void {
  times.keep(directory);
  const slash = path.lastIndexOf("/");
  using resources = new DisposableStack();
  const from = resources.adopt(tree.open(path.slice(0, Math.max(0, slash)), directoryFlags), closeSync);
  const to = resources.adopt(openSync(fsPath(directory), directoryFlags), closeSync);
  const source = atName(path === "" ? "." : bytesOf(path.slice(slash + 1)));
  const target = directory === "/" ? "" : directory;
  copier.copy({ from, to, path, below: "", target }, source, atName(bytesOf(name)), { isTop: true, deep });
}

/** The directories that the source is in, from its pivot on, are made with their looks. */
function withParents(
  copier: Copier,
  destination: string,
  copy: PreparedCopy,
  above: NonNullable<PreparedCopy["above"]>,
  place: PlaceOptions,
): void {
  let at = makeDirectories(destination, place);
  for (const { name, path } of above) {
    copyAs(copier, { path, tree: copy.tree }, at, name, place, { deep: false });
    at = posix.join(at, name);
  }
  copyAs(copier, copy, at, copy.name, place);
}

/** What exclusions know a file by that is a source itself. */
function relativeName({ name, above }: PreparedCopy): string {
  return [...(above ?? []).map((parent) => parent.name), name].join("/");
}

function isDirectory(path: string, replaceLinks: boolean): boolean {
  return statOf(replaceLinks ? path : resolveLinks(path))?.isDirectory() ?? false;
}
