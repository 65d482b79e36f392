import type { AuthConfig, AuthResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";

/** Tries credentials out on the registry at `serveraddress`. Throws `unauthorized` when it refuses them. */
export function login(client: Client, auth: AuthConfig, signal?: AbortSignal): Promise<AuthResponse> {
  return client.json({ method: "POST", path: "/auth", body: { json: auth }, signal });
}
