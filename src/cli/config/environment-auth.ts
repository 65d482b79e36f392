import { wrong } from "../local-error.ts";
import type { StoredAuth } from "./file.ts";
import { isFor } from "./registry-key.ts";

export const authVariable = "DOCKER_AUTH_CONFIG";

/** A login that the environment carries as `{"auths": {"registry": {"auth": "…"}}}`; it comes before those that are kept. */
export function environmentAuth(key: string): StoredAuth | undefined {
  const text = process.env[authVariable];
  if (!text) return undefined;
  const entries = Object.entries(parse(text));
  return entries.find(([address]) => isFor(address, key))?.[1];
}

function parse(text: string): Record<string, StoredAuth> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed();
  }
  const { auths } = (value ?? {}) as { auths?: Record<string, StoredAuth> };
  const entries = Object.values(auths ?? {});
  if (!entries.every((entry) => typeof entry?.auth === "string")) throw malformed();
  return auths ?? {};
}

function malformed(): Error {
  return wrong(
    `${authVariable} must be {"auths": {"REGISTRY": {"auth": "username:password in base64"}}}; correct or unset it`,
  );
}
