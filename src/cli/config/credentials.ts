/* Logins, where docker keeps them: in `auths` of config.json, or with the helper that the file names. */
import { dirname } from "node:path";
import type { AuthConfig } from "../../api/index.ts";
import { wrong } from "../local-error.ts";
import {
  defaultHelper,
  eraseFromHelper,
  getFromHelper,
  type HelperCredentials,
  storeInHelper,
} from "./credential-helper.ts";
import { environmentAuth } from "./environment-auth.ts";
import { type ConfigFile, type ConfigValues, load, type StoredAuth, save } from "./file.ts";
import { isFor, registryKey } from "./registry-key.ts";

const tokenUser = "<token>";

/** What one proves oneself to a registry with, by its domain; undefined for somebody who has not logged in. */
export async function credentialsFor(file: ConfigFile, domain: string): Promise<AuthConfig | undefined> {
  const key = registryKey(domain);
  const stored = environmentAuth(key);
  const helper = stored === undefined ? helperFor(file.values, key) : undefined;
  const kept = helper === undefined ? undefined : await getFromHelper(helper, key);
  const proof =
    kept === undefined ? proofIn(stored ?? find(file.values.auths, key) ?? {}, key) : proofFrom(kept);
  return Object.keys(proof).length === 0 ? undefined : { ...proof, serveraddress: key };
}

/** Keeps a login under `key`. Answers the file when the password is in it for everybody to read who can read it. */
export async function keepCredentials(
  file: ConfigFile,
  key: string,
  { username = "", password = "", identitytoken, registrytoken }: AuthConfig,
): Promise<{ unencryptedIn?: string }> {
  // Another login may have written meanwhile.
  const { path, values } = load(dirname(file.path));
  const helper = helperFor(values, key);
  const entry: StoredAuth = registrytoken === undefined ? {} : { registrytoken };
  if (helper === undefined) {
    entry.auth = Buffer.from(`${username}:${password}`).toString("base64");
    if (identitytoken !== undefined) entry.identitytoken = identitytoken;
  } else {
    const secret = identitytoken ?? password;
    const Username = identitytoken === undefined ? username : tokenUser;
    await storeInHelper(helper, { ServerURL: key, Username, Secret: secret });
    if (values.credHelpers?.[key] !== helper) values.credsStore ??= helper;
  }
  values.auths = { ...values.auths, [key]: entry };
  await save({ path, values });
  return helper === undefined && password !== "" ? { unencryptedIn: path } : {};
}

/** Forgets what is kept under exactly this key. */
export async function eraseCredentials(file: ConfigFile, key: string): Promise<void> {
  const { path, values } = load(dirname(file.path));
  const helper = helperFor(values, registryKey(key));
  if (helper !== undefined) await eraseFromHelper(helper, key);
  if (values.auths?.[key] === undefined) return;
  const { [key]: _, ...others } = values.auths;
  values.auths = others;
  await save({ path, values });
}

function helperFor(values: ConfigValues, key: string): string | undefined {
  const own = find(values.credHelpers, key);
  if (own !== undefined) return own || undefined;
  if (values.credsStore !== undefined) return values.credsStore || undefined;
  const isNew = Object.keys({ ...values.auths, ...values.credHelpers }).length === 0;
  return isNew ? defaultHelper() : undefined;
}

function find<T>(entries: Record<string, T> | undefined, key: string): T | undefined {
  if (entries === undefined) return undefined;
  if (Object.hasOwn(entries, key)) return entries[key];
  return Object.entries(entries).find(([address]) => isFor(address, key))?.[1];
}

function proofFrom({ Username, Secret }: HelperCredentials): AuthConfig {
  return Username === tokenUser ? { identitytoken: Secret } : { username: Username, password: Secret };
}

function proofIn(stored: StoredAuth, key: string): AuthConfig {
  const { identitytoken, registrytoken } = stored;
  return {
    ...nameAndPassword(stored, key),
    ...(identitytoken ? { identitytoken } : {}),
    ...(registrytoken ? { registrytoken } : {}),
  };
}

function nameAndPassword({ auth, username, password }: StoredAuth, key: string): AuthConfig {
  if (!auth) return username ? { username, password: password ?? "" } : {};
  const [name, ...rest] = Buffer.from(auth, "base64").toString().split(":");
  if (!name || rest.length === 0) {
    throw wrong(
      `the client's configuration has an invalid "auth" for ${key}: it must be username:password in base64`,
    );
  }
  return { username: name, password: rest.join(":").replace(/\0+$/, "") };
}
