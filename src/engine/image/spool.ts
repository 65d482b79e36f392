import { posix } from "node:path";
import { decompressed, readTar } from "../../archive/index.ts";
import { invalid } from "../../errors/index.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { bytesOf, parseJson } from "./documents.ts";
import type { Lease } from "./leases.ts";
import type { ImageRooms } from "./rooms.ts";
import type { Staging } from "./staging.ts";

/** An image archive whose files are in the content store. */
export interface SpooledArchive {
  /** The few files that say what the others are, parsed. */
  readonly documents: ReadonlyMap<string, unknown>;
  /** The blob of a member, links followed; undefined when there is none. */
  blob(name: string): Digest | undefined;
}

const documentNames = ["manifest.json", "index.json", "oci-layout", "repositories"];
const blobName = /^blobs\/sha256\/([0-9a-f]{64})$/;
/** Of archives of old Docker versions: nothing in them that the configs do not say. */
const needless = /^[0-9a-f]{64}\/(json|VERSION)$/;
const maxMembers = 100_000;
const maxLinks = 10;

/**
 * Takes an image archive's files into the content store as they arrive, in whatever order: members get no other
 * name on this host than their digest; layers are unpacked meanwhile. Members that are named by their digest must have it.
 */
export async function spoolArchive(
  rooms: ImageRooms,
  archive: AsyncIterable<Uint8Array>,
  lease: Lease,
  staging: Staging,
): Promise<SpooledArchive> {
  const documents = new Map<string, unknown>();
  const blobs = new Map<string, Digest>();
  const links = new Map<string, string>();
  let members = 0;
  for await (const { header, body } of readTar(archive)) {
    staging.signal.throwIfAborted();
    if (++members > maxMembers) throw invalid(`invalid archive: it has more than ${maxMembers} members`);
    const name = nameInside(header.name, header.name);
    if (header.type === "symlink") {
      links.set(name, nameInside(posix.join(posix.dirname(name), header.linkName), header.name));
    } else if (header.type === "hardlink") links.set(name, nameInside(header.linkName, header.name));
    else if (header.type !== "file" || needless.test(name)) continue;
    else if (documentNames.includes(name)) documents.set(name, parseJson(await bytesOf(body, name), name));
    else blobs.set(name, await spoolBlob(rooms, name, body, lease, staging));
  }
  if (members === 0) throw invalid("invalid archive: it is empty");
  return { documents, blob: (name) => follow(posix.normalize(name), blobs, links) };
}

async function spoolBlob(
  { content }: ImageRooms,
  name: string,
  body: AsyncIterable<Uint8Array>,
  lease: Lease,
  staging: Staging,
): Promise<Digest> {
  const announced = `sha256:${blobName.exec(name)?.[1]}`;
  if (!isDigest(announced)) {
    // What containers can be made from and registries take is gzip, zstd or nothing.
    const plain = decompressed(body, staging.signal, ["bzip2", "xz"]);
    const { digest } = await staging.ingest(upTo(await staging.room(), plain, name), {}, { owned: true });
    lease.blobs.add(digest);
    return digest;
  }
  // Kept before it is looked for, so that nobody deletes it in between.
  lease.blobs.add(announced);
  if (!(await content.has(announced))) await staging.ingest(body, { digest: announced }, { owned: true });
  return announced;
}

/** What a few compressed bytes come to must not fill the disk. */
async function* upTo(
  limit: number,
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit)
      throw invalid(`invalid archive: ${name} unpacks to more than ${limit} bytes, the limit`);
    yield chunk;
  }
}

function nameInside(path: string, shown: string): string {
  const name = posix.normalize(path).replace(/\/$/, "");
  if (name.startsWith("/") || name === ".." || name.startsWith("../")) {
    throw invalid(`invalid archive: the member "${shown}" leads out of the archive`);
  }
  return name;
}

function follow(
  name: string,
  blobs: ReadonlyMap<string, Digest>,
  links: ReadonlyMap<string, string>,
): Digest | undefined {
  let target: string | undefined = name;
  for (let left = maxLinks; target !== undefined && left > 0; left--) {
    const blob = blobs.get(target);
    if (blob !== undefined) return blob;
    target = links.get(target);
  }
  return undefined;
}
