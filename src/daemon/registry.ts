import { readFile } from "node:fs/promises";
import type { RegistryServeRequest } from "../api/index.ts";
import type { EngineConfig } from "../engine/config/index.ts";
import type { Engine } from "../engine/index.ts";
import type { Log } from "../engine/log.ts";
import { invalid, messageOf } from "../errors/index.ts";
import { startRegistry } from "../server/index.ts";

/** The engine as a registry, where the configuration wants it, until it is closed. */
export async function serveImages(
  { servedRegistry: settings }: EngineConfig,
  { registries }: Engine,
  log: Log,
  onActivity: () => void,
): Promise<{ close(): Promise<void> }> {
  if (settings === undefined) return { close: async () => {} };
  const { listen, writable, insecure, prefixes, tlsCert, tlsKey, htpasswd } = settings;
  const request: RegistryServeRequest = {
    Listen: listen,
    Writable: writable,
    Insecure: insecure,
    Prefixes: [...prefixes],
    ...(tlsCert === undefined ? {} : { Certificate: await content(tlsCert) }),
    ...(tlsKey === undefined ? {} : { Key: await content(tlsKey) }),
    ...(htpasswd === undefined ? {} : { Htpasswd: await content(htpasswd) }),
  };
  return await startRegistry({ registries, request, log, onActivity });
}

async function content(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw invalid(`cannot serve images: ${messageOf(cause)}`, { cause });
  }
}
