/*
 * Manifest lists in the making, where docker's command line has them too:
 * `manifests/<list>/<image>` below the configuration's directory, one JSON file for each image.
 */
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, messageOf } from "../../errors/index.ts";
import { formatReference, type Reference } from "../../oci/reference.ts";
import { writeDurably } from "../config/durable.ts";
import { wrong } from "../local-error.ts";
import type { ImageManifest } from "./image-manifest.ts";

export class ManifestStore {
  readonly #root: string;

  /** `directory` is the client configuration's. */
  constructor(directory: string) {
    this.#root = join(directory, "manifests");
  }

  /** Undefined when the list has no such image, or there is no such list. */
  get(list: Reference, image: Reference): Promise<ImageManifest | undefined> {
    return read(join(this.#root, fileName(list), fileName(image)));
  }

  /** The images of a list by the names of their files; undefined when there is no such list. */
  async list(list: Reference): Promise<ImageManifest[] | undefined> {
    const folder = join(this.#root, fileName(list));
    const names = await present(readdir(folder));
    const images = await Promise.all(names?.sort().map((name) => read(join(folder, name))) ?? []);
    return names === undefined ? undefined : images.filter((image) => image !== undefined);
  }

  async save(list: Reference, image: Reference, manifest: ImageManifest): Promise<void> {
    const folder = join(this.#root, fileName(list));
    await mkdir(folder, { recursive: true, mode: 0o755 });
    // Not in the folder, every file of which counts as an image.
    const temporary = join(this.#root, `.${fileName(image)}.${process.pid}`);
    await writeDurably(temporary, 0o644, JSON.stringify(manifest));
    await rename(temporary, join(folder, fileName(image)));
  }

  async remove(list: Reference): Promise<void> {
    await rm(join(this.#root, fileName(list)), { recursive: true, force: true });
  }
}

const fileName = (reference: Reference) =>
  formatReference(reference).replaceAll(":", "-").replaceAll("/", "_");

async function read(path: string): Promise<ImageManifest | undefined> {
  const text = await present(readFile(path, "utf8"));
  if (text === undefined) return undefined;
  try {
    const manifest = JSON.parse(text) as ImageManifest;
    if (manifest.Descriptor?.digest === undefined) throw wrong("it has no descriptor");
    return manifest;
  } catch (error) {
    throw wrong(`the local manifest ${path} cannot be read, remove it: ${messageOf(error)}`);
  }
}

async function present<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
