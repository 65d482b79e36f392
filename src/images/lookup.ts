import { invalid } from "../errors/index.ts";
import type { Digest } from "../oci/digest.ts";
import {
  formatReference,
  parseReference,
  type Reference,
  repositoryOf,
  withDefaultTag,
} from "../oci/reference.ts";
import type { State } from "./state.ts";
import { Target } from "./target.ts";

/**
 * What a user means: the id of an image, the digest of an index, an unambiguous prefix of one of them, a name with or
 * without its tag, or a repository with a digest.
 */
export function lookUp(state: State, text: string): Target | undefined {
  const byId = findById(state, text);
  if (byId !== undefined) return byId;
  const reference = parse(text);
  if (reference === undefined) return undefined;
  if (reference.digest === undefined) return named(state, withDefaultTag(reference));
  const { tag: _, ...canonical } = reference;
  return named(state, canonical) ?? inRepository(state, canonical, reference.digest);
}

function named(state: State, reference: Reference): Target | undefined {
  const owner = state.names.get(formatReference(reference));
  return owner === undefined ? undefined : state.target(owner);
}

function findById(state: State, text: string): Target | undefined {
  const digits = text.startsWith("sha256:") ? text.slice("sha256:".length) : text;
  if (!/^[0-9a-f]{1,64}$/.test(digits)) return undefined;
  // A name of hexadecimal digits, such as `cafe`, wins over the prefix of an id.
  const couldBeName = digits.length < 64 && digits === text;
  if (couldBeName && named(state, withDefaultTag(parseReference(text))) !== undefined) return undefined;
  const ids = [...state.images.keys(), ...state.targets.keys()];
  const [found, ...others] = ids.filter((id) => id.startsWith(`sha256:${digits}`));
  if (others.length > 0)
    throw invalid(`the id prefix ${text} is ambiguous: it means ${others.length + 1} images`);
  return found === undefined ? undefined : state.target(found);
}

/** `repository@digest` also means an image of the repository: by the digest of its index, manifest or config. */
function inRepository(state: State, repository: Reference, digest: Digest): Target | undefined {
  for (const [name, owner] of state.names) {
    if (repositoryOf(parseReference(name)) !== repositoryOf(repository)) continue;
    const target = state.target(owner);
    if (target === undefined || target.digest === digest) return target;
    const manifest = target.record.manifests.find(
      ({ descriptor, image }) => image !== undefined && (descriptor.digest === digest || image === digest),
    );
    if (manifest !== undefined)
      return new Target({ descriptor: manifest.descriptor, manifests: [manifest], blobs: [] });
  }
  return undefined;
}

function parse(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch {
    // What is no reference names no image either; the caller says that there is none.
    return undefined;
  }
}
