import { abortable } from "../os/abortable.ts";
import { type Grant, keyOf, type TokenWish } from "./token.ts";

/** How many tokens are remembered. */
const capacity = 1000;
/** Milliseconds before its end from which on a token is not used any more. */
const margin = 5_000;

/** Tokens by what they are good for, until they expire. Who asks for the same at once waits for the same answer. */
export class TokenStore {
  readonly #grants = new Map<string, Promise<Grant>>();

  async token(
    wish: TokenWish,
    ask: (wish: TokenWish) => Promise<Grant>,
    signal: AbortSignal,
  ): Promise<string> {
    const key = keyOf(wish);
    const known = this.#grants.get(key);
    if (known !== undefined) {
      const grant = await abortable(known, signal);
      if (grant.expires - margin > Date.now()) return grant.token;
    }
    // Somebody else may have renewed it meanwhile.
    const current = this.#grants.get(key);
    const pending = current === undefined || current === known ? ask(wish) : current;
    this.#remember(key, pending);
    return (await abortable(pending, signal)).token;
  }

  /** A token that was refused is not given again; one that somebody else has got meanwhile is. */
  async forget(wish: TokenWish, token: string): Promise<void> {
    const key = keyOf(wish);
    const known = this.#grants.get(key);
    if (known !== undefined && (await known).token === token) this.#grants.delete(key);
  }

  #remember(key: string, grant: Promise<Grant>): void {
    this.#grants.delete(key);
    this.#grants.set(key, grant);
    grant.catch(() => {
      if (this.#grants.get(key) === grant) this.#grants.delete(key);
    });
    const [oldest] = this.#grants.keys();
    if (this.#grants.size > capacity && oldest !== undefined) this.#grants.delete(oldest);
  }
}
