import { unauthorized } from "../errors/index.ts";
import type { Challenge } from "./challenge.ts";
import type { Credentials } from "./repository.ts";
import { basic, type Grant, realmOf, type TokenWish } from "./token.ts";
import type { TokenStore } from "./token-store.ts";

/** Says who we are to one registry, in the way that the registry asked for. */
export class Authorizer {
  constructor(
    private readonly credentials: Credentials,
    private readonly tokens: TokenStore,
    private readonly ask: (wish: TokenWish) => Promise<Grant>,
  ) {}

  /** The Authorization for a request; undefined as long as the registry has asked for none. */
  async authorization(
    challenges: readonly Challenge[],
    registry: URL,
    scopes: readonly string[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { registryToken } = this.credentials;
    if (registryToken !== undefined) return `Bearer ${registryToken}`;
    const wish = this.#wish(challenges, registry, scopes);
    if (wish !== undefined) return `Bearer ${await this.tokens.token(wish, this.ask, signal)}`;
    if (!challenges.some(({ scheme }) => scheme === "basic")) return undefined;
    if (this.credentials.username === undefined || this.credentials.password === undefined)
      throw unauthorized(`no basic auth credentials: log in to ${registry.host} first`);
    return basic(this.credentials);
  }

  /** After a 401 to a request with the Authorization `sent`: whether asking again makes sense. */
  async refused(
    challenges: readonly Challenge[],
    registry: URL,
    scopes: readonly string[],
    sent: string | undefined,
  ): Promise<boolean> {
    if (this.credentials.registryToken !== undefined) return false;
    const wish = this.#wish(challenges, registry, scopes);
    if (wish === undefined) return sent === undefined && challenges.some(({ scheme }) => scheme === "basic");
    if (sent !== undefined) await this.tokens.forget(wish, sent.replace(/^Bearer /, ""));
    return true;
  }

  #wish(challenges: readonly Challenge[], registry: URL, scopes: readonly string[]): TokenWish | undefined {
    for (const challenge of challenges.filter(({ scheme }) => scheme === "bearer")) {
      const realm = realmOf(challenge, registry);
      const service = challenge.parameters.service ?? "";
      if (realm !== undefined) return { realm, service, scopes, credentials: this.credentials };
    }
    return undefined;
  }
}
