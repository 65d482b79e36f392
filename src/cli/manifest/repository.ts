/* Registries as this command line asks them itself, without the engine: `manifest` works on what is there. */
import { productVersion } from "../../api/product.ts";
import { SlipwayError } from "../../errors/index.ts";
import type { Reference } from "../../oci/reference.ts";
import { Registries, type Repository } from "../../registry/index.ts";
import { credentialsFor } from "../config/credentials.ts";
import type { ConfigFile } from "../config/file.ts";
import { wrong } from "../local-error.ts";

const certificates = ["/etc/slipway/certs.d", "/etc/docker/certs.d"];

/** The repository that a reference is in, as whom the client's configuration has logged in. */
export async function openRepository(
  file: ConfigFile,
  reference: Reference,
  insecure: boolean,
): Promise<Repository> {
  const registries = new Registries({
    insecure: insecure ? [reference.domain] : [],
    rules: {},
    certificates,
    proxies: proxies(),
    userAgent: `slipway/${productVersion}`,
  });
  const auth = (await credentialsFor(file, reference.domain)) ?? {};
  return registries.repository(reference, {
    ...(auth.username ? { username: auth.username } : {}),
    ...(auth.password ? { password: auth.password } : {}),
    ...(auth.identitytoken ? { identityToken: auth.identitytoken } : {}),
    ...(auth.registrytoken ? { registryToken: auth.registrytoken } : {}),
  });
}

function proxies() {
  const named = (name: string) => process.env[name] || process.env[name.toLowerCase()];
  const [http, https, none] = [named("HTTP_PROXY"), named("HTTPS_PROXY"), named("NO_PROXY")];
  return { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(none ? { none } : {}) };
}

/** Ctrl-C ends this process, and what is asked of a registry with it. */
export const untilTheEnd = new AbortController().signal;

/** A registry's refusal is not the engine's answer, and must not be shown as such. */
export async function asked<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof SlipwayError ? wrong(error.message) : error;
  }
}
