import { type Digest, digestOf } from "../../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../../oci/image.ts";
import { parseReference } from "../../oci/reference.ts";
import { type Credentials, Registries, type RegistrySettings, type Repository } from "../index.ts";
import type { Limits } from "../limits.ts";
import type { FakeRegistry } from "./fake-registry.ts";

export * from "./fake-registry.ts";

/** A signal that never fires. */
export const { signal } = new AbortController();

/** Quick to give up and to try again. */
export const quick: Partial<Limits> = { attempts: 3, idle: 400, connect: 400, backOff: 1, retryAfter: 2000 };

export const plainSettings: RegistrySettings = {
  insecure: [],
  rules: {},
  certificates: [],
  proxies: {},
  userAgent: "slipway-test",
};

/** The repository `app` of a fake registry, through a client of its own. */
export function appOf(
  fake: FakeRegistry,
  credentials: Credentials = {},
  settings: Partial<RegistrySettings> = {},
): Repository {
  const registries = new Registries({ ...plainSettings, ...settings }, quick);
  return registries.repository(parseReference(`${fake.host}/app`), credentials);
}

export function descriptorOf(content: Uint8Array, mediaType: string = mediaTypes.layer): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

/** The digest of everything that comes. */
export async function digestOfAll(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  return digestOf(Buffer.concat(await Array.fromAsync(chunks)));
}
