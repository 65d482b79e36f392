import { closeSync, constants, openSync, statSync } from "node:fs";
import { FilePacker } from "../../archive/files/index.ts";
import { encodeName, fsPath, posix, TarDecoder } from "../../archive/index.ts";
import { errnoOf, invalid, notFound } from "../../errors/index.ts";
import { atName, FileStatus } from "../../os/at.ts";
import { readInRoot } from "../../os/inroot.ts";
import type { ArchiveRequest, Begun } from "../archive.ts";
import { enterRoot } from "./chroot.ts";
import { decompress } from "./decompress.ts";
import { refuseAbsent, refuseReadOnly } from "./guard.ts";
import { mountOver } from "./overmount.ts";
import { statOf } from "./packer.ts";
import { absolute, pathStat } from "./path-stat.ts";
import { isPattern, matchesOf } from "./pattern.ts";
import { readPieces, writePieces } from "./pieces.ts";
import { answer, sendEvent } from "./protocol.ts";
import { resolveLinks } from "./resolve.ts";
import { Unpacker } from "./unpacker.ts";

/** The child of `statPath`, `readTexts`, `getArchive`, `putArchive` and `exportArchive`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async (request: ArchiveRequest) => {
    mountOver(request.root, request.mounts ?? []);
    enterRoot(request.root);
    try {
      return await perform(request);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== "ENOENT" && errno !== "ENOTDIR" && errno !== "ELOOP") throw error;
      const path = "path" in request ? request.path : "/";
      throw notFound(`there is no ${path}`, { errno, cause: error });
    }
  });
}

async function perform(request: ArchiveRequest): Promise<unknown> {
  switch (request.operation) {
    case "stat":
      return pathStat(request.path);
    case "read":
      return request.paths.map((path) => readInRoot("/", path) ?? null);
    case "get":
      return get(request);
    case "put":
      return await put(request);
    case "export":
      writePieces(packed([{ path: "/", name: "" }]));
      return null;
  }
}

interface Member {
  readonly path: string;
  readonly name: string;
}

function get(request: ArchiveRequest & { operation: "get" }): null {
  const { path } = request;
  const chosen = isPattern(path) && !isThere(path) ? matchesOf(absolute(path)) : undefined;
  const paths = chosen ?? [path];
  const [first, another] = paths;
  if (first === undefined) throw notFound(`there is no ${path}`);
  for (const each of paths) refuseAbsent(request, resolveLinks(absolute(each)));
  const members = paths.map(memberOf);
  refuseSameNames(path, members);
  const stat = pathStat(another === undefined ? first : posix.dirname(first));
  sendEvent({ stat, matches: chosen?.length ?? 0 } satisfies Begun);
  writePieces(packed(members, kernelPlaces(chosen === undefined ? resolveLinks(absolute(path)) : "/")));
  return null;
}

/**
 * What the kernel shows to processes is no part of a container's files, unless it is asked for: only a running
 * container has it.
 */
function kernelPlaces(path: string): Set<string> {
  const top = statSync("/", { bigint: true }).dev;
  const places = ["/proc", "/sys", "/dev"].filter((place) => path !== place && !path.startsWith(`${place}/`));
  const found = places.map((place) => ({ place, stat: statOf(place) }));
  const mounted = found.filter(({ stat }) => stat?.isDirectory() && stat.dev !== top);
  return new Set(mounted.map(({ place }) => new FileStatus().ofName(-1, atName(place)).identity));
}

const isThere = (path: string): boolean => statOf(absolute(path)) !== undefined;

function memberOf(path: string): Member {
  const full = absolute(path);
  const base = posix.basename(full);
  return { path: full, name: base === "" ? "/" : base };
}

/** One would take the place of the other where they are unpacked. */
function refuseSameNames(pattern: string, members: readonly Member[]): void {
  const names = new Set<string>();
  for (const { name } of members) {
    if (names.has(name)) throw invalid(`${pattern} matches more than one file by the name of ${name}`);
    names.add(name);
  }
}

/** A slash or `/.` at a path's end follows a link and means the directory. */
function* packed(members: readonly Member[], closed?: ReadonlySet<string>): Generator<Uint8Array> {
  const packer = new FilePacker(closed);
  for (const { path, name } of members) {
    const isDirectory = /(^|\/)\.?$/.test(path);
    const directory = isDirectory ? path : posix.dirname(path);
    const fd = openSync(fsPath(directory), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      const root = encodeName(name);
      if (isDirectory) yield* packer.open(fd, root);
      else yield* packer.tree(fd, Buffer.concat([encodeName(posix.basename(path)), Buffer.alloc(1)]), root);
    } finally {
      closeSync(fd);
    }
  }
  yield* packer.end();
}

async function put(request: ArchiveRequest & { operation: "put" }): Promise<null> {
  const path = absolute(request.path);
  const directory = resolveLinks(path);
  refuseAbsent(request, directory);
  refuseReadOnly(request, directory);
  if (!statSync(fsPath(path)).isDirectory()) throw invalid(`${request.path} is not a directory`);
  sendEvent({});
  const unpacker = new Unpacker({
    directory: directory === "/" ? "" : directory,
    whiteouts: false,
    keepKinds: request.noOverwriteDirNonDir === true,
    holes: request.holes === true,
    ...(request.owner === undefined ? {} : { owner: request.owner }),
  });
  const decoder = new TarDecoder(unpacker);
  await decompress(readPieces(), (chunk) => decoder.write(chunk));
  decoder.finish();
  unpacker.finish();
  return null;
}
