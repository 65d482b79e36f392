import { statSync } from "node:fs";
import { posix } from "node:path";
import { fsPath, TarDecoder } from "../../archive/index.ts";
import { errnoOf, invalid, notFound } from "../../errors/index.ts";
import type { ArchiveRequest } from "../archive.ts";
import { enterRoot } from "./chroot.ts";
import { decompress } from "./decompress.ts";
import { Output } from "./output.ts";
import { mountOver } from "./overmount.ts";
import { Packer } from "./packer.ts";
import { absolute, pathStat } from "./path-stat.ts";
import { answer, sendEvent } from "./protocol.ts";
import { resolveLinks } from "./resolve.ts";
import { Unpacker } from "./unpacker.ts";

/** The child of `statPath`, `getArchive`, `putArchive` and `exportArchive`. */
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
    case "get":
      return get(request.path);
    case "put":
      return await put(request);
    case "export":
      return pack("/", "");
  }
}

function get(path: string): null {
  sendEvent(pathStat(path));
  const full = absolute(path);
  const base = posix.basename(full);
  return pack(full, base === "" ? "/" : base);
}

function pack(path: string, name: string): null {
  const packer = new Packer(new Output());
  packer.tree(path, name);
  packer.end();
  return null;
}

async function put(request: ArchiveRequest & { operation: "put" }): Promise<null> {
  const path = absolute(request.path);
  if (!statSync(fsPath(path)).isDirectory()) throw invalid(`${request.path} is not a directory`);
  const directory = resolveLinks(path);
  const unpacker = new Unpacker({
    directory: directory === "/" ? "" : directory,
    whiteouts: false,
    keepKinds: request.noOverwriteDirNonDir === true,
    ...(request.owner === undefined ? {} : { owner: request.owner }),
  });
  const decoder = new TarDecoder(unpacker);
  await decompress(Bun.stdin.stream(), (chunk) => decoder.write(chunk));
  decoder.finish();
  unpacker.finish();
  return null;
}
