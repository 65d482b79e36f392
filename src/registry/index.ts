import type { Reference } from "../oci/reference.ts";
import type { BlobSource } from "./blob.ts";
import { Contacts } from "./contact.ts";
import { type Endpoint, endpointsOf, originOf } from "./endpoint.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { type LoginResult, logIn } from "./login.ts";
import { Reach } from "./reach.ts";
import { RemoteRepository } from "./remote-repository.ts";
import type { Credentials, Repository } from "./repository.ts";
import { type SearchHit, type SearchOptions, search } from "./search.ts";
import { Session } from "./session.ts";
import type { RegistrySettings } from "./settings.ts";
import { TokenStore } from "./token-store.ts";

export { isCidr } from "./addresses.ts";
export { parseEndpoint } from "./endpoint.ts";
export type { Limits } from "./limits.ts";
export type { LoginResult } from "./login.ts";
export type { Credentials, Document, Repository, UploadOptions } from "./repository.ts";
export type { SearchHit, SearchOptions } from "./search.ts";
export type { RegistryRule, RegistrySettings } from "./settings.ts";

/** The registries of the world, as this host reaches them. One for a process: tokens and connections are shared. */
export class Registries {
  readonly #tokens = new TokenStore();
  readonly #contacts = new Contacts();
  readonly #limits: Limits;

  constructor(
    readonly settings: RegistrySettings,
    limits: Partial<Limits> = {},
  ) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /**
   * Nothing is asked yet. The credentials are the registry's: its mirrors are read as nobody. `forbidden` when the registry is
   * blocked.
   */
  repository(reference: Reference, credentials: Credentials = {}): Repository {
    const { domain, path } = reference;
    const sources = endpointsOf(domain, this.settings).map(
      (endpoint): BlobSource => ({
        session: this.#session(endpoint, endpoint.isMirror ? {} : credentials),
        name: `${endpoint.prefix}${path}`,
      }),
    );
    const origin = sources.at(-1) as BlobSource;
    return new RemoteRepository(reference, sources.slice(0, -1), origin);
  }

  /** Tries credentials out on a registry, by its domain. `unauthorized` with the registry's own reason. */
  login(server: string, credentials: Credentials, signal: AbortSignal): Promise<LoginResult> {
    return logIn(this.#session(originOf(server, this.settings), credentials), credentials, signal);
  }

  /** Asks a registry's search (`/v1/search`), by its domain, for a term. */
  search(server: string, term: string, options: SearchOptions): Promise<SearchHit[]> {
    const origin = originOf(server, this.settings);
    const endpoint = server === "docker.io" ? { ...origin, host: "index.docker.io" } : origin;
    return search(this.#session(endpoint, options.credentials ?? {}), term, options);
  }

  #session(endpoint: Endpoint, credentials: Credentials): Session {
    // The next source is a mirror's second attempt.
    const attempts = endpoint.isMirror ? 1 : this.#limits.attempts;
    return new Session(endpoint, new Reach(this.settings, endpoint), credentials, {
      tokens: this.#tokens,
      contacts: this.#contacts,
      limits: { ...this.#limits, attempts },
      userAgent: this.settings.userAgent,
    });
  }
}
