import { constants, type Stats } from "node:fs";
import { chown, copyFile, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asIndex, maxDocument } from "../../../engine/image/documents.ts";
import { errnoOf, invalid, notFound } from "../../../errors/index.ts";
import { type Digest, digestOf, hexOf, isDigest } from "../../../oci/digest.ts";
import { type Descriptor, type Index, mediaTypes } from "../../../oci/image.ts";
import { filePieces } from "../../../os/file-pieces.ts";
import type { BuildJob } from "../../job.ts";
import type { CacheSource, CacheTarget } from "./medium.ts";

const refName = "org.opencontainers.image.ref.name";

/** A cache in a directory: an OCI layout (image-spec, image-layout.md). `name`: a tag or a digest. */
export function layoutSource(directory: string, name: string): CacheSource {
  const read = async ({ digest }: Descriptor): Promise<Uint8Array> => {
    const bytes = await small(blobPath(directory, digest));
    if (digestOf(bytes) !== digest)
      throw invalid(`the cache in ${directory} is damaged: ${digest} is something else`);
    return bytes;
  };
  return {
    name: directory,
    async root() {
      const listed = (await readIndex(directory))?.manifests ?? [];
      const found = listed.find(({ digest, annotations }) =>
        isDigest(name) ? digest === name : annotations?.[refName] === name,
      );
      if (found === undefined) throw notFound(`there is no cache ${name} in ${directory}`);
      return { descriptor: found, bytes: await read(found) };
    },
    manifest: (descriptor) => read(descriptor),
    blob: ({ digest }) => filePieces(blobPath(directory, digest)),
  };
}

/** Made when it is missing, for whoever owns the directory above. Blobs that are there stay. */
export function layoutTarget({ rooms }: BuildJob, directory: string, tag: string): CacheTarget {
  const { content } = rooms.open.imageRooms;
  const blobs = join(directory, "blobs/sha256");
  return {
    name: directory,
    async blobs(descriptors, signal) {
      await makeDirectories(blobs);
      for (const { digest, size } of descriptors) {
        signal.throwIfAborted();
        const path = blobPath(directory, digest);
        if ((await statOf(path))?.size === size) continue;
        await replace(path, (file) => copyFile(content.path(digest), file, constants.COPYFILE_FICLONE));
      }
    },
    async root(descriptor, bytes) {
      await replace(blobPath(directory, descriptor.digest), (file) => writeFile(file, bytes));
      const layout = JSON.stringify({ imageLayoutVersion: "1.0.0" });
      await replace(join(directory, "oci-layout"), (file) => writeFile(file, layout));
      const others = ((await readIndex(directory))?.manifests ?? []).filter(
        ({ annotations }) => annotations?.[refName] !== tag,
      );
      const entry = { ...descriptor, annotations: { [refName]: tag } };
      const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [...others, entry] };
      await replace(join(directory, "index.json"), (file) => writeFile(file, JSON.stringify(index)));
    },
  };
}

const blobPath = (directory: string, digest: Digest): string =>
  join(directory, "blobs/sha256", hexOf(digest));

async function readIndex(directory: string): Promise<Index | undefined> {
  const path = join(directory, "index.json");
  if ((await statOf(path)) === undefined) return undefined;
  return asIndex(JSON.parse(Buffer.from(await small(path)).toString()), path);
}

async function small(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > maxDocument) throw invalid(`${path} has more than 8 MiB`);
  return await readFile(path);
}

/** The old file or the new one, whatever happens; on the disk when it returns. */
async function replace(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    await write(temporary);
    const { uid, gid } = await stat(dirname(path));
    await chown(temporary, uid, gid);
    await flush(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Directories that are made belong to whoever has the one that they are made in. */
async function makeDirectories(path: string): Promise<void> {
  if ((await statOf(path)) !== undefined) return;
  await makeDirectories(dirname(path));
  await mkdir(path, { recursive: true });
  const { uid, gid } = await stat(dirname(path));
  await chown(path, uid, gid);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
