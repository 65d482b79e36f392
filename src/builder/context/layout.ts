import { asImageConfig, asIndex, asManifest } from "../../engine/image/documents.ts";
import { invalid, messageOf, notFound } from "../../errors/index.ts";
import { type Digest, digestOf, hexOf, isDigest } from "../../oci/digest.ts";
import { hostCpu } from "../../oci/host-cpu.ts";
import { type Descriptor, isIndex } from "../../oci/image.ts";
import { parsePlatform } from "../../oci/platform.ts";
import { selectPlatform } from "../../oci/select-platform.ts";
import { readInRoot } from "../../os/inroot.ts";
import type { NamedContext } from "../dockerfile/index.ts";
import type { BuildJob } from "../job.ts";

const refName = "org.opencontainers.image.ref.name";

/** Finds the image that is meant in an OCI layout: by its tag or digest, `latest`, or the only one. */
export async function layoutContext(
  { request }: BuildJob,
  name: string,
  path: string,
  reference: string | undefined,
): Promise<NamedContext> {
  const listed = asIndex(JSON.parse(text(path, "index.json")), digestOf("")).manifests;
  const top = pick(listed, path, reference);
  const manifest = isIndex(top.mediaType) ? forPlatform(path, top, request.Platforms?.[0]) : top;
  const { config } = asManifest(document(path, manifest.digest), manifest.digest);
  const base = asImageConfig(document(path, config.digest), config.digest);
  return {
    kind: "oci-layout",
    name,
    manifest: manifest.digest,
    base: { id: config.digest, reference: `${name}@${manifest.digest}`, config: base },
  };
}

function pick(listed: readonly Descriptor[], path: string, reference: string | undefined): Descriptor {
  const [only, ...others] = listed;
  if (reference !== undefined && isDigest(reference))
    return listed.find(({ digest }) => digest === reference) ?? missing(path, reference);
  const tag = reference ?? "latest";
  const tagged = listed.find(({ annotations }) => annotations?.[refName] === tag);
  if (tagged !== undefined) return tagged;
  if (reference === undefined && only !== undefined && others.length === 0) return only;
  return missing(path, tag);
}

function missing(path: string, what: string): never {
  throw notFound(`the OCI layout ${path} has no image ${what}`);
}

function forPlatform(path: string, index: Descriptor, wanted: string | undefined): Descriptor {
  const platform = wanted === undefined ? hostCpu() : parsePlatform(wanted);
  const offered = asIndex(document(path, index.digest), index.digest).manifests.flatMap((descriptor) =>
    descriptor.platform === undefined ? [] : [{ descriptor, platform: descriptor.platform }],
  );
  return selectPlatform(offered, platform)?.descriptor ?? missing(path, wanted ?? "for this host");
}

function document(path: string, digest: Digest): unknown {
  const content = text(path, `blobs/sha256/${hexOf(digest)}`);
  if (digestOf(content) !== digest)
    throw invalid(`the OCI layout ${path} is damaged: ${digest} is something else`);
  try {
    return JSON.parse(content);
  } catch (error) {
    throw invalid(`the OCI layout ${path} is damaged: ${digest}: ${messageOf(error)}`);
  }
}

function text(path: string, file: string): string {
  const content = readInRoot(path, file);
  if (content === undefined) throw notFound(`${path} is no OCI layout: there is no ${file}`);
  return content;
}
