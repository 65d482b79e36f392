import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { invalid, notFound } from "../../errors/index.ts";
import { readInRoot } from "../../os/inroot.ts";
import { mount, unmountBelow } from "../../os/mount.ts";
import { readIgnoreFile } from "../dockerfile/ignore/index.ts";
import { gitOp } from "../dockerfile/index.ts";
import { vertex } from "../graph/index.ts";
import type { BuildJob } from "../job.ts";
import { internalStep } from "../progress/index.ts";
import type { Result, Session } from "../solver/index.ts";
import type { OpenContexts } from "./contexts.ts";

export interface FoundDockerfile {
  readonly text: string;
  /** Patterns for the main context. */
  readonly ignore: readonly string[];
}

/** Reads the Dockerfile, and what says which files of the context do not count. */
export async function findDockerfile(
  job: BuildJob,
  contexts: OpenContexts,
  session: Session,
): Promise<FoundDockerfile> {
  const { Name, Text, Ignore } = job.request.Dockerfile;
  const main = contexts.named.get("context");
  const local = contexts.directories.get("context");
  if (main?.kind === "git") return await inGit(job, main.url, session);
  const name = `[internal] load build definition from ${Name}`;
  return await internalStep(job.progress, name, async () => {
    const text = Text ?? contexts.dockerfile ?? (local === undefined ? undefined : readInRoot(local, Name));
    if (text === undefined) throw missing(Name, local);
    return { text: notEmpty(Name, text), ignore: ignored(local, Name, Ignore) };
  });
}

/** The Dockerfile's own rules stand in for the context's. */
function ignored(root: string | undefined, name: string, given: string | undefined): string[] {
  const own = given ?? (root === undefined ? undefined : readInRoot(root, `${name}.dockerignore`));
  return readIgnoreFile(own ?? (root === undefined ? "" : (readInRoot(root, ".dockerignore") ?? "")));
}

function missing(name: string, root: string | undefined): Error {
  const other =
    root === undefined
      ? undefined
      : ["Dockerfile", "Containerfile", "dockerfile"].find(
          (candidate) => candidate !== name && readInRoot(root, candidate) !== undefined,
        );
  const hint = other === undefined ? "" : ` (did you mean ${other}?)`;
  return notFound(`failed to read dockerfile: open ${name}: no such file or directory${hint}`);
}

function notEmpty(name: string, text: string): string {
  if (text.trim() === "") throw invalid(`the Dockerfile (${name}) cannot be empty`);
  return text;
}

/** The repository is fetched first: the graph comes upon the same step again. */
async function inGit(job: BuildJob, url: string, session: Session): Promise<FoundDockerfile> {
  const { rooms, progress, signal, lease, request } = job;
  const { Name, Text } = request.Dockerfile;
  const tree = vertex(gitOp(url), [], { name: `[internal] load git source ${url}` });
  const [result] = await rooms.solver.solve([tree], { session, progress, signal, lease });
  return await reading(job, result as Result, (root) => {
    const text = Text ?? readInRoot(root, Name);
    if (text === undefined) throw missing(Name, root);
    return { text: notEmpty(Name, text), ignore: ignored(root, Name, request.Dockerfile.Ignore) };
  });
}

async function reading<T>({ rooms, place }: BuildJob, tree: Result, read: (root: string) => T): Promise<T> {
  if (tree.kind === "directory") return read(tree.path);
  const directory = place.directory();
  const root = join(directory, "tree");
  mkdirSync(root);
  const top = tree.layers.at(-1);
  try {
    if (top !== undefined)
      for (const what of rooms.open.imageRooms.snapshots.mounts(top.chainID)) mount(what, root);
    return read(root);
  } finally {
    unmountBelow(directory);
  }
}
