import { notFound, SlipwayError } from "../errors/index.ts";
import { isDigest } from "../oci/digest.ts";
import { familiarName, familiarReference, type Reference } from "../oci/reference.ts";
import type { Reply } from "./exchange.ts";
import { inWords, kindOf, reasonOf } from "./failure.ts";

/** Why a manifest cannot be had, in Docker's words. */
export async function pullFailure(
  reply: Reply,
  { domain, path }: Reference,
  tagOrDigest: string,
): Promise<SlipwayError> {
  const reason = await reasonOf(reply);
  const words = inWords(reply, reason);
  const name = familiarName({ domain, path });
  if (reason?.code === "DENIED") {
    return notFound(
      `pull access denied for ${name}, repository does not exist or may require 'docker login': ${words}`,
    );
  }
  if (reason?.code === "NAME_UNKNOWN") return notFound(`repository ${name} not found: ${words}`);
  if (reply.status !== 404) return kindOf(reply.status)(words);
  const meant = isDigest(tagOrDigest) ? { digest: tagOrDigest } : { tag: tagOrDigest };
  return notFound(`manifest for ${familiarReference({ domain, path, ...meant })} not found: ${words}`);
}

/** The registry's own failure, with what its mirrors failed with, unless they just did not have it. */
export function withMirrors(failure: unknown, mirrors: readonly { host: string; error: unknown }[]): unknown {
  if (!(failure instanceof SlipwayError)) return failure;
  const told = mirrors
    .filter(({ error }) => error instanceof SlipwayError && error.kind !== "notFound")
    .map(({ host, error }) => `; its mirror ${host}: ${(error as SlipwayError).message}`);
  if (told.length === 0) return failure;
  return new SlipwayError(failure.kind, `${failure.message}${told.join("")}`, {
    ...failure.details,
    cause: failure,
  });
}
