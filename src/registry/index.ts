import { notImplemented } from "../errors/index.ts";
import type { Reference } from "../oci/reference.ts";
import type { Credentials, Repository } from "./repository.ts";
import type { SearchHit, SearchOptions } from "./search.ts";
import type { RegistrySettings } from "./settings.ts";

export type { Credentials, Document, Repository, UploadOptions } from "./repository.ts";
export type { SearchHit, SearchOptions } from "./search.ts";
export type { RegistryRule, RegistrySettings } from "./settings.ts";

/** The registries of the world, as this host reaches them. One for a process: tokens and connections are shared. */
export class Registries {
  constructor(readonly settings: RegistrySettings) {}

  /** Nothing is asked yet. `forbidden` when the registry is blocked. */
  repository(_reference: Reference, _credentials: Credentials = {}): Repository {
    throw notImplemented("registries cannot be asked yet");
  }

  /** Tries credentials out on a registry, by its domain. `unauthorized` with the registry's own reason. */
  async login(
    _server: string,
    _credentials: Credentials,
    _signal: AbortSignal,
  ): Promise<{ identityToken?: string }> {
    throw notImplemented("registries cannot be asked yet");
  }

  /** Asks a registry's search (`/v1/search`) for a term. */
  async search(_server: string, _term: string, _options: SearchOptions): Promise<SearchHit[]> {
    throw notImplemented("registries cannot be asked yet");
  }
}
