import type { IncomingMessage } from "node:http";
import type { AuthConfig } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { decode, object, string } from "./decode.ts";

export const authConfig = object<AuthConfig>({
  username: string,
  password: string,
  auth: string,
  email: string,
  serveraddress: string,
  identitytoken: string,
  registrytoken: string,
});

const header = "x-registry-auth";
const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * The credentials that a request carries in X-Registry-Auth: an AuthConfig as JSON in base64url. Clients are found
 * that send the other alphabet or no padding. Undefined when there are none; `invalid` for what is no AuthConfig.
 */
export function registryAuth({ headers }: IncomingMessage): AuthConfig | undefined {
  const text = [headers[header]].flat()[0]?.trim() ?? "";
  if (!base64.test(text)) throw malformed("it must be base64url");
  const json = Buffer.from(text, "base64url").toString();
  if (json.trim() === "") return undefined;
  const config = normalized(decode(authConfig, parse(json) ?? {}));
  const { serveraddress: _, email: __, ...proofs } = config;
  // An address alone says where, not who.
  return Object.keys(proofs).length === 0 ? undefined : config;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw malformed("it must hold JSON", cause);
  }
}

function malformed(why: string, cause?: unknown): Error {
  return invalid(`invalid X-Registry-Auth header: ${why}`, { cause });
}

/** Without what is empty, and with the name and the password of `auth`, which configuration files have, apart. */
export function normalized(config: AuthConfig): AuthConfig {
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ""));
  const { auth, ...rest }: AuthConfig = given;
  if (auth === undefined || rest.username !== undefined) return rest;
  const [username, ...password] = Buffer.from(auth, "base64").toString().split(":");
  if (!username || password.length === 0) {
    throw invalid('invalid credentials: "auth" must be username:password in base64');
  }
  return { ...rest, username, password: password.join(":") };
}
