import { statSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../../api/build.ts";
import { errnoOf, invalid, notFound, SlipwayError } from "../../errors/index.ts";
import { putArchive } from "../../layers/index.ts";
import { readInRoot } from "../../os/inroot.ts";
import { readIgnoreFile } from "../dockerfile/ignore/index.ts";
import type { NamedContext } from "../dockerfile/index.ts";
import type { BuildJob } from "../job.ts";
import { internalStep } from "../progress/index.ts";
import { fetchContext } from "./download.ts";
import { layoutContext } from "./layout.ts";

/** A directory of the client's that is not there on this side. */
export class UnseenDirectory extends SlipwayError {
  constructor(path: string) {
    super("conflict", `the engine does not see the directory ${path}: its files must be sent`);
  }
}

/** The trees that a build takes files from. */
export interface OpenContexts {
  /** As the front end knows them; local ones without what their `.dockerignore` says. */
  readonly named: Map<string, NamedContext>;
  /** Where those that are directories lie, by the names that the graph has. */
  readonly directories: Map<string, string>;
  /** A context of the web that is a Dockerfile and no archive. */
  readonly dockerfile?: string;
}

/** Makes contexts directories of this host, or finds out what they are otherwise. */
export async function openContexts(job: BuildJob, archive: AsyncIterable<Uint8Array>): Promise<OpenContexts> {
  const named: OpenContexts["named"] = new Map();
  const directories: OpenContexts["directories"] = new Map();
  let dockerfile: string | undefined;
  const local = (name: string, path: string) => {
    directories.set(name, path);
    named.set(name, { kind: "local", name, ignore: name === "context" ? [] : ignoreOf(path) });
  };
  const sent = job.request.Contexts.some(({ Kind }) => Kind === "archive")
    ? await unpacked(job, archive)
    : undefined;
  for (const context of job.request.Contexts) {
    const { Name: name } = context;
    if (named.has(name)) throw invalid(`the context ${name} is given twice`);
    if (context.Kind === "directory") local(name, checked(context));
    else if (context.Kind === "archive") local(name, join(sent ?? "", context.Prefix));
    else if (context.Kind === "image") named.set(name, { kind: "image", reference: context.Reference });
    else if (context.Kind === "git") named.set(name, { kind: "git", url: context.URL });
    else if (context.Kind === "oci-layout") {
      const path = checked(context);
      directories.set(name, path);
      named.set(name, await layoutContext(job, name, path, context.Reference));
    } else {
      const fetched = await fetchContext(job, context.URL);
      if ("text" in fetched) dockerfile = fetched.text;
      else local(name, fetched.directory);
    }
  }
  return { named, directories, ...(dockerfile === undefined ? {} : { dockerfile }) };
}

/** The directory must be the one that the client sees: it may be in a container, or on the far side of a tunnel. */
function checked({ Path, Inode, Device }: Extract<BuildContext, { Path: string }>): string {
  try {
    const { ino, dev } = statSync(Path, { bigint: true });
    if (String(ino) === Inode && String(dev) === Device) return Path;
  } catch (error) {
    if (!["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].includes(errnoOf(error) ?? "")) throw error;
  }
  throw new UnseenDirectory(Path);
}

async function unpacked({ place, progress, signal }: BuildJob, archive: AsyncIterable<Uint8Array>) {
  const directory = place.directory();
  await internalStep(progress, "[internal] receive build context", async (tell) => {
    let current = 0;
    async function* counted() {
      for await (const chunk of archive) {
        current += chunk.length;
        tell({ id: "transferring context", current });
        yield chunk;
      }
    }
    try {
      await putArchive({ root: directory }, "/", counted(), {}, signal);
    } catch (error) {
      if (current > 0) throw error;
      throw notFound("the build context is empty");
    }
    tell({ id: "transferring context", current, done: true });
  });
  return directory;
}

export const ignoreOf = (root: string): string[] => readIgnoreFile(readInRoot(root, ".dockerignore") ?? "");
