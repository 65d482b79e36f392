import { invalid } from "../errors/index.ts";
import { type Digest, isDigest } from "./digest.ts";

/**
 * The name of an image, complete: `busybox` has become `docker.io` and `library/busybox` (distribution's
 * reference grammar, with the familiar names that Docker adds to it).
 */
export interface Reference {
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const defaultDomain = "docker.io";
const legacyDefaultDomain = "index.docker.io";
const officialPrefix = "library/";
const maxNameLength = 255;

const domainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domainPattern = new RegExp(
  `^(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`,
);
const pathComponent = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const pathPattern = new RegExp(`^${pathComponent}(?:/${pathComponent})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*):([0-9a-fA-F]{32,})$/;
const identifierPattern = /^[a-f0-9]{64}$/;

/** Takes apart what a user typed; whatever is no reference is an `invalid` error in Docker's words. */
export function parseReference(text: string): Reference {
  if (identifierPattern.test(text)) {
    throw invalid(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  const at = text.indexOf("@");
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const { domain, remainder } = splitDomain(named);
  const colon = remainder.indexOf(":");
  const path = colon < 0 ? remainder : remainder.slice(0, colon);
  const tag = colon < 0 ? undefined : remainder.slice(colon + 1);
  if (path !== path.toLowerCase()) {
    throw invalid(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  if (!domainPattern.test(domain) || !pathPattern.test(path)) throw malformed();
  if (tag !== undefined && !tagPattern.test(tag)) throw malformed();
  const checked = digest === undefined ? undefined : referenceDigest(digest);
  if (path.length > maxNameLength) {
    throw invalid(`repository name must not be more than ${maxNameLength} characters`);
  }
  return {
    domain,
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(checked === undefined ? {} : { digest: checked }),
  };
}

/** The grammar knows more algorithms than this engine: what it cannot check, it does not take. */
function referenceDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const [, algorithm = "", hex = ""] = digestPattern.exec(text) ?? [];
  if (algorithm === "") throw malformed();
  if (algorithm !== "sha256")
    throw invalid(`unsupported digest algorithm: ${algorithm}: only sha256 is supported`);
  if (hex.length !== 64)
    throw invalid(`invalid checksum digest length: sha256 has 64 digits, not ${hex.length}`);
  throw invalid("invalid checksum digest format: its letters must be lowercase");
}

/** A repository and a tag given apart, as `docker tag` and `commit` have them; the tag is `latest` when absent. */
export function parseRepositoryAndTag(repository: string, tag?: string): Reference {
  const reference = parseReference(repository);
  if (reference.digest !== undefined) {
    throw invalid(`refusing to create a tag with a digest reference: ${repository}`);
  }
  if (!tag) return withDefaultTag(reference);
  if (!tagPattern.test(tag)) throw invalid("invalid tag format");
  return { ...reference, tag };
}

export function withDefaultTag(reference: Reference): Reference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  return { ...reference, tag: "latest" };
}

/** Domain and path: the same for every tag and digest of a repository. */
export function repositoryOf({ domain, path }: Reference): string {
  return `${domain}/${path}`;
}

/** The complete reference: what names are stored and compared by. */
export function formatReference(reference: Reference): string {
  return `${repositoryOf(reference)}${suffixOf(reference)}`;
}

/** The repository as users know it: `busybox`, `user/app`, `registry.example/app`. */
export function familiarName({ domain, path }: Reference): string {
  if (domain !== defaultDomain) return `${domain}/${path}`;
  const official = path.startsWith(officialPrefix) && !path.slice(officialPrefix.length).includes("/");
  return official ? path.slice(officialPrefix.length) : path;
}

/** The reference as users know it. */
export function familiarReference(reference: Reference): string {
  return `${familiarName(reference)}${suffixOf(reference)}`;
}

function suffixOf({ tag, digest }: Reference): string {
  return `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** The first component is a domain when it cannot be part of a path of the default domain. */
function splitDomain(name: string): { domain: string; remainder: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isDomain = first === "localhost" || /[.:]/.test(first) || first !== first.toLowerCase();
  if (slash < 0 || !isDomain) return inDefaultDomain(name);
  if (first === defaultDomain || first === legacyDefaultDomain) return inDefaultDomain(name.slice(slash + 1));
  return { domain: first, remainder: name.slice(slash + 1) };
}

function inDefaultDomain(path: string): { domain: string; remainder: string } {
  const isOfficial = !path.includes("/");
  return { domain: defaultDomain, remainder: isOfficial ? `${officialPrefix}${path}` : path };
}

function malformed(): Error {
  return invalid("invalid reference format");
}
