import type * as api from "../../api/index.ts";
import type { Registries } from "../../registry/index.ts";
import { credentialsOf } from "./credentials.ts";
import { domainOf } from "./domain.ts";

/** `POST /auth`. Nothing is kept: that is up to the client. */
export async function login(
  registries: Registries,
  auth: api.AuthConfig,
  signal: AbortSignal,
): Promise<api.AuthResponse> {
  const { identityToken } = await registries.login(domainOf(auth.serveraddress), credentialsOf(auth), signal);
  return { Status: "Login Succeeded", IdentityToken: identityToken ?? "" };
}
