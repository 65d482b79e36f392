import { digestOf } from "../../oci/digest.ts";
import { type Descriptor, isManifest, type Manifest, mediaTypes } from "../../oci/image.ts";
import { wrong } from "../local-error.ts";

/**
 * One image of a manifest list, as docker's command line keeps and shows it. `Raw` is the manifest's bytes in base64,
 * whose digest the registry knows; the parsed one is for people.
 */
export interface ImageManifest {
  readonly Ref: string;
  readonly Descriptor: Descriptor;
  readonly Raw?: string;
  readonly SchemaV2Manifest?: Manifest;
  readonly OCIManifest?: Manifest;
}

export function imageManifest(ref: string, descriptor: Descriptor, bytes: Uint8Array): ImageManifest {
  const manifest = JSON.parse(Buffer.from(bytes).toString()) as Manifest;
  const mediaType = manifest.mediaType ?? descriptor.mediaType;
  if (!isManifest(mediaType)) throw wrong(`${ref} is not an image's manifest but ${mediaType}`);
  const { digest, size, platform } = descriptor;
  const isDocker = mediaType === mediaTypes.dockerManifest;
  return {
    Ref: ref,
    Descriptor: { mediaType, digest, size, ...(platform === undefined ? {} : { platform }) },
    Raw: Buffer.from(bytes).toString("base64"),
    ...(isDocker ? { SchemaV2Manifest: manifest } : { OCIManifest: manifest }),
  };
}

/** The manifest's bytes. Throws when they are not what the digest says: the file was changed or is of old times. */
export function bytesOf({ Ref, Raw, Descriptor }: ImageManifest): Uint8Array {
  const bytes = Buffer.from(Raw ?? "", "base64");
  if (digestOf(bytes) === Descriptor.digest) return bytes;
  throw wrong(`the local manifest of ${Ref} is damaged: create the list again with --amend`);
}

export function parsedOf({ Ref, SchemaV2Manifest, OCIManifest }: ImageManifest): Manifest {
  const manifest = SchemaV2Manifest ?? OCIManifest;
  if (manifest === undefined) throw wrong(`${Ref} has no payload`);
  return manifest;
}
