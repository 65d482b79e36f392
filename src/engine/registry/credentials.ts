import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { Credentials } from "../../registry/index.ts";

/** What a client sent to prove who it is. `invalid` for an `auth` that is no `user:password` in base64. */
export function credentialsOf(auth: api.AuthConfig | undefined): Credentials {
  if (auth === undefined) return {};
  const { username, password } = auth.auth ? decoded(auth.auth) : auth;
  return {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(auth.identitytoken ? { identityToken: auth.identitytoken } : {}),
    ...(auth.registrytoken ? { registryToken: auth.registrytoken } : {}),
  };
}

function decoded(auth: string): { username: string; password: string } {
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  if (colon < 0) throw invalid("invalid credentials: auth is not user:password in base64");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
