import type { Artifact, Target } from "../../../images/index.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Descriptor } from "../../../oci/image.ts";
import { type Reference, repositoryOf } from "../../../oci/reference.ts";
import type { ImageRooms } from "../../image/rooms.ts";
import { domainAndPath, repositoryFor } from "./names.ts";

/** What names that lead into one repository make of it. */
export interface RepositoryView {
  readonly tags: ReadonlyMap<string, Descriptor>;
  readonly manifests: ReadonlyMap<Digest, Descriptor>;
  /** With the manifests. */
  readonly blobs: ReadonlyMap<Digest, Descriptor>;
  /** Images by the manifests that they came by. */
  readonly images: ReadonlyMap<Digest, Digest>;
}

/** The repository at this moment; undefined when no image and no artifact has a name in it. */
export function viewRepository(rooms: ImageRooms, repository: string): RepositoryView | undefined {
  const wanted = domainAndPath(repository);
  if (wanted === undefined) return undefined;
  const isWanted = ({ domain, path }: Reference) => domain === wanted.domain && path === wanted.path;
  const view = new View();
  for (const artifact of rooms.artifacts.all()) {
    if (artifact.repository === repositoryOf(wanted)) view.addArtifact(artifact);
  }
  const targets = new Set<Target>();
  for (const [reference, target] of rooms.images.named()) {
    if (!isWanted(reference)) continue;
    targets.add(target);
    if (reference.tag !== undefined) view.tags.set(reference.tag, target.descriptor);
  }
  for (const target of targets) view.addTarget(target);
  return view.manifests.size === 0 ? undefined : view;
}

/** All repositories that something has a name in. */
export function repositoryNames({ images, artifacts }: ImageRooms): Set<string> {
  const names = [...images.named()].map(([reference]) => repositoryFor(reference));
  const ofArtifacts = artifacts.all().map(({ repository }) => {
    const [domain = "", ...path] = repository.split("/");
    return repositoryFor({ domain, path: path.join("/") });
  });
  return new Set([...names, ...ofArtifacts].filter((name) => name !== undefined));
}

class View implements RepositoryView {
  readonly tags = new Map<string, Descriptor>();
  readonly manifests = new Map<Digest, Descriptor>();
  readonly blobs = new Map<Digest, Descriptor>();
  readonly images = new Map<Digest, Digest>();

  addArtifact({ tags, descriptor, blobs }: Artifact): void {
    for (const tag of tags) this.tags.set(tag, descriptor);
    this.#add([descriptor], blobs);
  }

  addTarget({ descriptor, record, blobs }: Target): void {
    const here = record.manifests.filter((manifest) => manifest.blobs !== undefined);
    for (const { descriptor: of, image } of here) if (image !== undefined) this.images.set(of.digest, image);
    this.#add([...here.map((manifest) => manifest.descriptor), ...record.blobs, descriptor], blobs);
  }

  #add(manifests: readonly Descriptor[], blobs: readonly Descriptor[]): void {
    for (const manifest of manifests) this.manifests.set(manifest.digest, manifest);
    for (const blob of blobs) this.blobs.set(blob.digest, blob);
  }
}
