import { parseReference, type Reference } from "../../../oci/reference.ts";

const defaultDomain = "docker.io";
const port = /^([a-z0-9.-]+)_(\d+)(?=\/)/;

/**
 * The repository that a local name is offered in: `app` and `user/app` for those of Docker Hub, for others domain and
 * path. A colon cannot stand in a repository, so a port comes after `_`, which cannot stand in a domain. Undefined when no
 * repository can have the name, such as one of an IPv6 address.
 */
export function repositoryFor({ domain, path }: Reference): string | undefined {
  const official = /^library\/([^/]+)$/.exec(path)?.[1];
  const name = domain === defaultDomain ? (official ?? path) : `${domain.replace(/:(\d+)$/, "_$1")}/${path}`;
  const back = domainAndPath(name);
  return back?.domain === domain && back.path === path ? name : undefined;
}

/** The name that a repository is listed under; undefined for what is no name. */
export function canonicalName(repository: string): string | undefined {
  const place = domainAndPath(repository);
  return place === undefined ? undefined : repositoryFor(place);
}

/** Domain and path of the local names in a repository; `library/app` means `app`. Undefined for what is no name. */
export function domainAndPath(repository: string): Pick<Reference, "domain" | "path"> | undefined {
  if (!pattern.test(repository) || repository.length > maxLength || identifier.test(repository))
    return undefined;
  const { domain, path } = parseReference(repository.replace(port, "$1:$2"));
  return { domain, path };
}

/** Of the distribution specification, "Pulling manifests". */
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const pattern = new RegExp(`^${component}(?:/${component})*$`);
const maxLength = 255;
/** Docker takes these for the ids of images. */
const identifier = /^[a-f0-9]{64}$/;
