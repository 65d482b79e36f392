import type * as api from "../../../api/index.ts";
import { notFound } from "../../../errors/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import { hostCpu } from "../../../oci/host-cpu.ts";
import { type Descriptor, isIndex } from "../../../oci/image.ts";
import { distance } from "../../../oci/match-platform.ts";
import { formatPlatform, parsePlatform } from "../../../oci/platform.ts";
import {
  familiarName,
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../../../oci/reference.ts";
import type { Document, Repository } from "../../../registry/index.ts";
import type { PullOptions } from "../../backend.ts";
import { credentialsOf } from "../../registry/credentials.ts";
import { withLease } from "../garbage.ts";
import { packedIndex } from "../packed-index.ts";
import { progressOf, type Report } from "../progress.ts";
import { registerImages } from "../register.ts";
import type { TransferRooms } from "../transfer-rooms.ts";
import { chooseManifest, fetchConfig } from "./documents.ts";
import { pullLayers } from "./layers.ts";

/** One name to pull, and what the registry has under it. */
interface Pull {
  readonly repository: Repository;
  readonly reference: Reference;
  readonly document: Document;
  readonly platform: string | undefined;
}

/** Brings an image, or with `allTags` those of all tags of a repository, from its registry to this host. */
export async function pullImage(
  rooms: TransferRooms,
  { ref, allTags = false, platform, auth }: PullOptions,
  signal: AbortSignal,
): Promise<AsyncIterable<api.ProgressMessage>> {
  const given = parseReference(ref);
  if (platform !== undefined) parsePlatform(platform);
  const repository = rooms.registries.repository(given, credentialsOf(auth));
  const references = allTags ? await tagged(repository, given, signal) : [withDefaultTag(given)];
  const ask = (reference: Reference) =>
    repository.manifest(reference.digest ?? (reference.tag as string), signal);
  const [first, ...others] = references;
  if (first === undefined) throw notFound(`the repository ${ref} has no tags`);
  const document = await ask(first);
  return progressOf(async (report) => {
    await pullOne(rooms, { repository, reference: first, document, platform }, report, signal);
    for (const reference of others) {
      await pullOne(
        rooms,
        { repository, reference, document: await ask(reference), platform },
        report,
        signal,
      );
    }
  });
}

async function tagged(repository: Repository, given: Reference, signal: AbortSignal): Promise<Reference[]> {
  const { domain, path } = given;
  return await Array.fromAsync(repository.tags(signal), (tag) => ({ domain, path, tag }));
}

async function pullOne(rooms: TransferRooms, pull: Pull, report: Report, signal: AbortSignal): Promise<void> {
  const { repository, reference, document, platform } = pull;
  const { path, tag } = reference;
  report({ status: `Pulling from ${path}`, id: reference.digest ?? tag ?? "" });
  const { descriptor } = document;
  const names = namesOf(reference, descriptor.digest);
  const wanted = platform === undefined ? hostCpu() : parsePlatform(platform);
  const id = await withLease(rooms, async (lease) => {
    const source = { rooms, repository, lease, signal };
    const choice = { wanted, asked: platform !== undefined };
    const chosen = await chooseManifest(source, document, choice);
    const config = await fetchConfig(source, chosen.manifest);
    if (choice.asked && distance(config, wanted) === undefined) {
      throw notFound(
        `image with reference ${familiarReference(reference)} was found but does not match the specified platform: ` +
          `wanted ${formatPlatform(wanted)}, actual: ${formatPlatform(config)}`,
      );
    }
    const configDescriptor = chosen.manifest.config;
    const layers = chosen.manifest.layers.map((layer, index) => ({
      digest: layer.digest,
      size: layer.size,
      diffID: config.rootfs.diff_ids[index] as Digest,
      open: (offset: number, until: AbortSignal) => repository.blob(layer, { offset, signal: until }),
    }));
    const isKnown = isUnchanged(rooms, names, descriptor, configDescriptor.digest);
    const layerSizes = await pullLayers(rooms, layers, lease, report, signal);
    const image = {
      manifest: chosen.descriptor,
      configDescriptor,
      config,
      layers: chosen.manifest.layers,
      references: names,
    };
    const index = isIndex(descriptor.mediaType) ? await packedIndex(rooms, descriptor, lease) : undefined;
    if (!isKnown) registerImages(rooms, [{ image, layerSizes, ...(index === undefined ? {} : { index }) }]);
    report({ status: `Digest: ${descriptor.digest}` });
    const name = familiarReference(reference);
    const news = isKnown ? "Image is up to date for" : "Downloaded newer image for";
    report({ status: `Status: ${news} ${name}` });
    return configDescriptor.digest;
  });
  const { Labels } = rooms.images.get(id)?.config.config ?? {};
  rooms.events.publish({
    type: "image",
    action: "pull",
    id: familiarReference(reference),
    attributes: { ...Labels, name: familiarName(reference) },
  });
}

/** By tag: the tag and the digest that it means. By digest: that alone, as Docker has it. */
function namesOf({ domain, path, tag, digest }: Reference, found: Digest): Reference[] {
  const canonical = { domain, path, digest: found };
  return digest !== undefined || tag === undefined ? [canonical] : [{ domain, path, tag }, canonical];
}

/** Whether the names stand for the very thing already, and the image is among what is here of it. */
function isUnchanged(
  { images }: TransferRooms,
  names: readonly Reference[],
  { digest }: Descriptor,
  image: Digest,
): boolean {
  return names.every((name) => {
    const target = images.target(formatReference(name));
    return target?.digest === digest && target.images.includes(image);
  });
}
