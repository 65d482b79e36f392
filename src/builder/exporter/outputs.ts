import type { BuildOutput, BuildTargetResult } from "../../api/build.ts";
import { emit } from "../../engine/image/events.ts";
import { invalid } from "../../errors/index.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { familiarReference, type Reference } from "../../oci/reference.ts";
import type { BuildJob } from "../job.ts";
import { internalStep, type Part } from "../progress/index.ts";
import { type ArchivedImages, imageArchive } from "./archive.ts";
import { type Built, type MadeImage, makeImage, makeIndex, register } from "./image.ts";
import { imageOptions, isOn, namesOf } from "./options.ts";
import { pushName } from "./push.ts";
import { withEpoch } from "./rewrite.ts";
import { squashed } from "./squash.ts";
import { BlobStore } from "./store.ts";
import { treeArchive } from "./tree.ts";

const outputTypes = ["image", "registry", "local", "tar", "oci", "docker", "cacheonly"];

/** Hands an output to the client; returns when that has it. */
export type Offer = (index: number, stream: AsyncIterable<Uint8Array>) => Promise<void>;

/** Several platforms of one target. */
interface Group {
  readonly name: string;
  readonly built: readonly Built[];
  readonly references: readonly Reference[];
}

/** Makes all that a request wants of what was built; answers what became of each target. */
export async function exportOutputs(
  job: BuildJob,
  built: readonly Built[],
  offer: Offer,
): Promise<BuildTargetResult[]> {
  const isSquashed = job.request.Squash === true;
  const all = isSquashed ? await Promise.all(built.map((one) => squashed(job, one))) : built;
  const groups = grouped(job, all);
  const { Outputs = [] } = job.request;
  const outputs = Outputs.length > 0 ? Outputs : [{ Type: "image", Attributes: {} }];
  let results: BuildTargetResult[] = groups.map(({ name }) => ({ Target: name, Names: [] }));
  for (const [index, output] of outputs.entries()) {
    const { Type } = output;
    if (Type === "image" || Type === "registry") results = await toImages(job, groups, output);
    else if (Type === "local" || Type === "tar")
      await toTree(job, all, output, (stream) => offer(index, stream));
    else if (Type === "cacheonly") continue;
    else if (Type === "oci" || Type === "docker") {
      results = await toArchive(job, groups, output, (stream) => offer(index, stream));
    } else throw invalid(`unknown output type ${Type}: there are ${outputTypes.join(", ")}`);
  }
  return results;
}

function grouped({ request }: BuildJob, built: readonly Built[]): Group[] {
  const byName = Map.groupBy(built, ({ target }) => target.name);
  const last = built.at(-1)?.target.name;
  return [...byName].map(([name, all]) => ({
    name,
    built: all,
    references: namesOf(request.Tags ?? [], name, name === last),
  }));
}

async function toImages(
  job: BuildJob,
  groups: readonly Group[],
  output: BuildOutput,
): Promise<BuildTargetResult[]> {
  const { Attributes, Type } = output;
  const isPushed = Type === "registry" || isOn(Attributes.push);
  const results = await internalStep(job.progress, "exporting to image", async (tell) => {
    const own = (Attributes.name ?? "").split(",").filter((name) => name !== "");
    return await Promise.all(
      groups.map(async (group) => {
        const isLast = group === groups.at(-1);
        const references = [...group.references, ...namesOf(own, group.name, isLast)];
        const made = await make(job, { ...group, references }, output, isPushed ? "registry" : "store", tell);
        await register(job, made.images, made.index, references);
        for (const reference of references) {
          tell({ id: `naming to ${familiarReference(reference)}`, done: true });
          for (const { image } of made.images)
            emit(
              job.rooms.open.imageRooms,
              "tag",
              image.configDescriptor.digest,
              familiarReference(reference),
            );
        }
        return { result: resultOf(group.name, made), references };
      }),
    );
  });
  if (isPushed) {
    for (const { references } of results) {
      if (references.length === 0) throw invalid("tag is needed when pushing to registry");
      for (const reference of references) await pushName(job, reference);
    }
  }
  return results.map(({ result }) => result);
}

async function toArchive(
  job: BuildJob,
  groups: readonly Group[],
  output: BuildOutput,
  offer: (stream: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<BuildTargetResult[]> {
  const isDocker = output.Type === "docker";
  return await internalStep(
    job.progress,
    `exporting to ${isDocker ? "docker" : "oci"} image format`,
    async (tell) => {
      const all = await Promise.all(
        groups.map(async (group) => {
          const own = namesOf((output.Attributes.name ?? "").split(",").filter(Boolean), group.name, true);
          const references = [...group.references, ...own];
          return { group, made: await make(job, { ...group, references }, output, "archive", tell) };
        }),
      );
      const archived = all.map(({ made }) => made);
      await offer(counted(imageArchive(job, archived, { docker: isDocker }), "sending tarball", tell));
      return all.map(({ group, made }) => resultOf(group.name, made));
    },
  );
}

async function toTree(
  job: BuildJob,
  built: readonly Built[],
  { Attributes }: BuildOutput,
  offer: (stream: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  await internalStep(job.progress, "exporting to client directory", async (tell) => {
    const trees = namedTrees(built, Attributes["platform-split"]);
    await offer(counted(treeArchive(job, trees), "copying files", tell));
  });
}

/** Several platforms have a directory each, unless `platform-split` says otherwise; so have several targets. */
function namedTrees(built: readonly Built[], split: string | undefined) {
  const names = new Set(built.map(({ target }) => target.name));
  return built.map(({ target, layers }) => {
    const platforms = built.filter((other) => other.target.name === target.name).length;
    const isSplit = split === undefined ? platforms > 1 : isOn(split);
    const platform = formatPlatform(target.platform).replaceAll("/", "_");
    const parts = [names.size > 1 ? target.name : "", isSplit ? platform : ""];
    return { name: parts.filter((part) => part !== "").join("/"), layers };
  });
}

async function make(
  job: BuildJob,
  { built, references }: Group,
  output: BuildOutput,
  place: "store" | "registry" | "archive",
  tell: (part: Part) => void,
): Promise<ArchivedImages> {
  const options = imageOptions(job.request, output, place);
  const { annotations } = options;
  annotations.check(built.map(({ target }) => target.platform));
  using store = new BlobStore(job);
  tell({ id: "exporting layers" });
  const rewrites = isOn(output.Attributes["rewrite-timestamp"]);
  const images = await Promise.all(
    built.map(async (one) => {
      return await makeImage(job, store, rewrites ? await withEpoch(job, one) : one, options);
    }),
  );
  const index = images.length > 1 ? await makeIndex(store, images, annotations) : undefined;
  await store.written(images.flatMap(({ layers }) => layers.map(({ chainID }) => chainID)));
  tell({ id: "exporting layers", done: true });
  const written = images.map(({ image }) => `writing image ${image.configDescriptor.digest}`);
  for (const id of written) tell({ id, done: true });
  const about =
    index === undefined
      ? annotations.at("manifest-descriptor", images[0]?.platform)
      : annotations.at("index-descriptor");
  return { images, index, references, ...(about === undefined ? {} : { annotations: about }) };
}

function resultOf(
  target: string,
  { images, index, references, annotations }: ArchivedImages,
): BuildTargetResult {
  const [first] = images as [MadeImage];
  const { manifest, configDescriptor } = first.image;
  const top = index ?? manifest;
  return {
    Target: target,
    ImageID: index?.digest ?? configDescriptor.digest,
    Digest: top.digest,
    Descriptor: {
      ...{ mediaType: top.mediaType, digest: top.digest, size: top.size },
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...(index === undefined ? { ConfigDigest: configDescriptor.digest } : {}),
    Names: references.map(familiarReference),
  };
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  id: string,
  tell: (part: Part) => void,
): AsyncGenerator<Uint8Array> {
  let current = 0;
  for await (const chunk of stream) {
    yield chunk;
    current += chunk.length;
    tell({ id, current });
  }
  tell({ id, current, done: true });
}
