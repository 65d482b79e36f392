import { forbidden, invalid } from "../../errors/index.ts";
import { isDigest } from "../../oci/digest.ts";
import { formatPlatform, parsePlatform } from "../../oci/platform.ts";
import {
  familiarReference,
  parseReference,
  parseRepositoryAndTag,
  type Reference,
} from "../../oci/reference.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendProgress } from "../http/stream.ts";
import { parsePlatformJson } from "../request/platform.ts";
import { registryAuth } from "../request/registry-auth.ts";
import { withoutLoginPrompt } from "../version/login-prompt.ts";

/** `POST /images/create?fromImage=`. Until the registry has said what the name means, failures are HTTP errors. */
export async function pull(exchange: Exchange, fromImage: string): Promise<void> {
  const { backend, query, version, signal } = exchange;
  const platform = version.since(32) ? query.string("platform") : undefined;
  const reference = pulled(fromImage, query.string("tag"));
  if (reference.path === "library/scratch") throw forbidden("'scratch' is a reserved name");
  const options = {
    ...what(reference),
    ...(platform === undefined ? {} : { platform: formatPlatform(parsePlatform(platform)) }),
    ...who(exchange),
  };
  await sendProgress(exchange, await withoutLoginPrompt(exchange, backend.images.pull(options, signal)));
}

/** `POST /images/{name}/push`. */
export async function push(exchange: Exchange): Promise<void> {
  const { backend, name, query, version, signal } = exchange;
  const tag = query.string("tag");
  const platform = version.since(46) ? query.string("platform") : undefined;
  const reference = tag === undefined ? parseReference(name) : parseRepositoryAndTag(name, tag);
  if (reference.digest !== undefined) {
    throw invalid(`cannot push ${name}: a digest is what a push results in; give it a tag`);
  }
  const options = {
    ...what(reference),
    ...(platform === undefined ? {} : { platform: parsePlatformJson(platform) }),
    ...who(exchange),
  };
  await sendProgress(exchange, await withoutLoginPrompt(exchange, backend.images.push(options, signal)));
}

/** The name in two parts, as clients send it: the tag may be a digest, and an old `pull -a` ends in a colon. */
function pulled(fromImage: string, tag: string | undefined): Reference {
  const reference = parseReference(fromImage.replace(/:$/, ""));
  if (tag === undefined) return reference;
  const { domain, path } = reference;
  if (isDigest(tag)) return { domain, path, digest: tag };
  return { ...reference, ...parseRepositoryAndTag(`${domain}/${path}`, tag) };
}

/** A name without tag and digest means all tags. */
function what(reference: Reference): { ref: string; allTags?: true } {
  const all = reference.tag === undefined && reference.digest === undefined;
  return { ref: familiarReference(reference), ...(all ? { allTags: true } : {}) };
}

function who({ request }: Exchange) {
  const auth = registryAuth(request);
  return auth === undefined ? {} : { auth };
}
