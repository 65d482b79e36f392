import { together } from "../../../engine/image/push/together.ts";
import { uploadBlob } from "../../../engine/image/push/upload.ts";
import { credentialsOf } from "../../../engine/registry/credentials.ts";
import { invalid } from "../../../errors/index.ts";
import { familiarReference, parseReference, type Reference, withDefaultTag } from "../../../oci/reference.ts";
import type { BuildJob } from "../../job.ts";
import type { CacheSource, CacheTarget } from "./medium.ts";

/** A cache, or an image with one in it, in a registry. */
export function registrySource(job: BuildJob, ref: string): CacheSource {
  const reference = withDefaultTag(parseReference(ref));
  const repository = repositoryOf(job, reference);
  return {
    name: familiarReference(reference),
    root: (signal) => repository.manifest(reference.digest ?? reference.tag ?? "latest", signal),
    manifest: async ({ digest }, signal) => (await repository.manifest(digest, signal)).bytes,
    blob: (descriptor, signal) => repository.blob(descriptor, { signal }),
  };
}

export function registryTarget(job: BuildJob, ref: string): CacheTarget {
  const reference = withDefaultTag(parseReference(ref));
  const { tag } = reference;
  if (tag === undefined) throw invalid(`cannot export a cache to ${ref}: a tag is needed, not a digest`);
  const repository = repositoryOf(job, reference);
  const rooms = job.rooms.open.imageRooms;
  return {
    name: familiarReference(reference),
    async blobs(descriptors, signal) {
      const work = descriptors.map((blob) => (until: AbortSignal) => {
        return uploadBlob(rooms, repository, { blob, sources: [] }, () => undefined, until);
      });
      await together(work, signal);
    },
    async root({ mediaType }, bytes, signal) {
      await repository.putManifest(tag, mediaType, bytes, signal);
    },
  };
}

function repositoryOf({ rooms, request }: BuildJob, reference: Reference) {
  const auths = request.Auths ?? {};
  const auth = Object.hasOwn(auths, reference.domain) ? auths[reference.domain] : undefined;
  return rooms.open.registries.repository(reference, credentialsOf(auth));
}
