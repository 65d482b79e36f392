import type { AuthConfig } from "../api/index.ts";

/** The header that credentials for a registry travel in; none for nobody. */
export function authHeader(auth: AuthConfig | undefined): Record<string, string> {
  if (auth === undefined) return {};
  return { "X-Registry-Auth": Buffer.from(JSON.stringify(auth)).toString("base64url") };
}
