import { systemError } from "../../../errors/index.ts";
import { received, type TransferredError } from "../../../layers/child/protocol.ts";
import { selfCommand } from "../../../os/self.ts";
import { runLimited } from "../../../volumes/index.ts";
import type { SourceChanges } from "../record.ts";
import { isHere } from "./here.ts";

/** What a container is to see in one place. */
export interface SourceRequest {
  /** Of the host: a bind's source, where a volume is, where an image is mounted. */
  path: string;
  /** What is at `path`, in the user's words. */
  what: string;
  /** Relative to `path`, which links cannot lead out of. */
  subpath?: string;
  /** Of the mount inside: `rbind`, `rslave` … */
  options: readonly string[];
  /** Makes a directory when there is nothing at `path`. */
  createSource?: boolean;
  /** What has to be mounted on the host is mounted on `PLACES.subpath` and the like. */
  places: string;
  owner?: SourceChanges["owner"];
  /** Where what the container writes is kept apart (`O`). */
  changes?: string;
  /** Whom the files are to be given to (`U`). */
  user?: { uid: number; gid: number };
}

/** How long the file system of a source may take to be looked at, and to have all its files' owners changed; milliseconds. */
const lookLimit = 10_000;
const chownLimit = 600_000;

/**
 * The path that the runtime is to bind for a source. `invalid` when there is none. The engine itself touches no file
 * that may lie on a server: a child does, and has its time.
 */
export async function bindableSource(request: SourceRequest): Promise<string> {
  const { path, subpath, options, owner, changes, user } = request;
  const exchanges = options.some((word) => /^r?(shared|slave)$/.test(word));
  const plain = subpath === undefined && owner === undefined && changes === undefined && user === undefined;
  if (plain && !exchanges && isHere(path)) return path;
  return await inChild(request, user === undefined ? lookLimit : chownLimit);
}

async function inChild(request: SourceRequest, limit: number): Promise<string> {
  const argv = selfCommand("mount-source", JSON.stringify(request));
  const { status, stderr } = await runLimited(argv, { limit, what: `${request.what} (${request.path})` });
  const last = stderr.trim().split("\n").at(-1) ?? "";
  const message = last.startsWith("{")
    ? (JSON.parse(last) as { result?: string; error?: TransferredError })
    : {};
  if (message.error !== undefined) throw received(message.error);
  if (message.result !== undefined) return message.result;
  throw systemError(
    `cannot prepare ${request.what} (${request.path}): the child exited with ${status} ${last}`.trim(),
  );
}
