import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import type { BuildContext, BuildDockerfile } from "../../api/index.ts";
import { isArchive } from "../../archive/detect.ts";
import { wrong } from "../local-error.ts";
import { cut } from "../opts/csv.ts";
import { isTerminal } from "../streams/terminal.ts";
import { readBegin } from "./stdin.ts";

/** What a build is to be made from, as the command line names it. */
export interface Source {
  readonly dockerfile: BuildDockerfile;
  readonly contexts: readonly BuildContext[];
  /** What is sent behind the request: standard input. */
  readonly archive?: AsyncIterable<Uint8Array>;
}

const isUrl = (text: string): boolean => /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(text);
const isGit = (url: string): boolean => !/^https?:/.test(url) || /^[^?#]*\.git([?#]|$)/.test(url);

/** Finds the main context and the Dockerfile: a directory, an archive or a Dockerfile on standard input, a URL. */
export async function sourceOf(path: string, file: string): Promise<Source> {
  if (path === "-" && file === "-")
    throw wrong("invalid argument: can't use stdin for both build context and dockerfile");
  if (path === "-") return await fromInput(file);
  if (isUrl(path)) {
    const kind = isGit(path) ? "git" : "http";
    const context = { Name: "context", Kind: kind, URL: path } as const;
    return { dockerfile: await named(file), contexts: [context] };
  }
  const root = directoryOf(path, "unable to prepare context: ");
  return { dockerfile: await dockerfileIn(root, file), contexts: [directory("context", root)] };
}

async function fromInput(file: string): Promise<Source> {
  if (isTerminal(0)) throw wrong("unable to read the build context: standard input is a terminal");
  const { begin, whole } = await readBegin(Bun.stdin.stream() as unknown as AsyncIterable<Uint8Array>);
  if (begin.length === 0) throw wrong("failed to build: standard input is empty");
  if (isArchive(begin)) {
    const context = { Name: "context", Kind: "archive", Prefix: "" } as const;
    return { dockerfile: await named(file), contexts: [context], archive: whole };
  }
  if (file !== "") throw wrong("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
  return { dockerfile: { Name: "Dockerfile", Text: await textOf(whole) }, contexts: [] };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

/** A Dockerfile in a context that is not here. */
async function named(file: string): Promise<BuildDockerfile> {
  if (file === "-") return { Name: "Dockerfile", Text: await textOf(Bun.stdin.stream() as never) };
  return { Name: file === "" ? "Dockerfile" : file };
}

async function dockerfileIn(root: string, file: string): Promise<BuildDockerfile> {
  if (file === "-") return await named(file);
  const path = file === "" ? usual(root) : resolve(file);
  const inside = relative(root, path);
  const isOutside = inside.startsWith("../") || inside === "..";
  if (!existsSync(path)) {
    if (isOutside) throw wrong(`failed to read dockerfile: open ${file}: no such file or directory`);
    return { Name: inside };
  }
  if (statSync(path).isDirectory()) throw wrong(`failed to read dockerfile: ${file || path} is a directory`);
  const ignore = `${path}.dockerignore`;
  return {
    Name: isOutside ? basename(path) : inside,
    Text: readFileSync(path, "utf8"),
    ...(existsSync(ignore) ? { Ignore: readFileSync(ignore, "utf8") } : {}),
  };
}

/** `Dockerfile`, or, where there is none, the same in lower case. */
function usual(root: string): string {
  const [first, second] = [join(root, "Dockerfile"), join(root, "dockerfile")];
  return !existsSync(first) && existsSync(second) ? second : first;
}

function directoryOf(path: string, what: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw wrong(`${what}path ${JSON.stringify(path)} not found`);
  if (!stats.isDirectory()) throw wrong(`${what}path ${JSON.stringify(path)} is not a directory`);
  return realpathSync(path);
}

const identity = (path: string) => {
  const { ino, dev } = statSync(path, { bigint: true });
  return { Path: path, Inode: String(ino), Device: String(dev) };
};

const directory = (name: string, path: string): BuildContext => ({
  Name: name,
  Kind: "directory",
  ...identity(path),
});

/** `--build-context NAME=VALUE`: a directory, a URL, `docker-image://…`, `oci-layout://path[:tag][@digest]`. */
export function namedContext(text: string): BuildContext {
  const [name, value] = cut(text, "=");
  if (value === undefined || name === "" || value === "")
    throw wrong(`invalid context value: ${text}, expected key=value`);
  const image = /^docker-image:\/\/(.+)$/.exec(value)?.[1];
  if (image !== undefined) return { Name: name, Kind: "image", Reference: image };
  const layout = /^oci-layout:\/\/(.+)$/.exec(value)?.[1];
  if (layout !== undefined) return layoutOf(name, layout);
  if (isUrl(value)) return { Name: name, Kind: isGit(value) ? "git" : "http", URL: value };
  return directory(name, directoryOf(value, `failed to get build context ${name}: `));
}

function layoutOf(name: string, text: string): BuildContext {
  const [, path = "", tag, digest] =
    /^(.*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const reference = digest ?? tag;
  const root = directoryOf(path, `failed to get build context ${name}: `);
  return {
    Name: name,
    Kind: "oci-layout",
    ...identity(root),
    ...(reference === undefined ? {} : { Reference: reference }),
  };
}
