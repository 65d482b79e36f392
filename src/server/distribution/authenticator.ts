import { createHmac, randomBytes } from "node:crypto";
import { parsePasswordFile } from "./password-file.ts";

/** So long a password that proved right is believed without being tried again, in milliseconds. */
const trust = 60_000;
const maxTrusted = 1000;
/** bcrypt is slow on purpose: so many tries run at once, and so many wait. */
const maxRunning = 2;
const maxWaiting = 64;

/** Who a request comes from: a user's name; `nobody`: without or with wrong credentials; `busy`: too many are asking. */
export type Identity = { readonly user: string } | "nobody" | "busy";

/** Lets the users of a password file in, by HTTP's Basic scheme. */
export class Authenticator {
  readonly #users: ReadonlyMap<string, string>;
  readonly #secret = randomBytes(32);
  /** By a keyed hash of name and password, until when. */
  readonly #trusted = new Map<string, number>();
  /** An unknown name takes as long as a wrong password: a hash that nothing fits. */
  readonly #decoy: string;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** `invalid` for a malformed file. */
  constructor(passwordFile: string) {
    this.#users = parsePasswordFile(passwordFile);
    this.#decoy = [...this.#users.values()][0] as string;
  }

  async identify(header: string | null): Promise<Identity> {
    const credentials = basic(header);
    if (credentials === undefined) return "nobody";
    const { name, password } = credentials;
    const key = createHmac("sha256", this.#secret).update(`${name}\0${password}`).digest("hex");
    if ((this.#trusted.get(key) ?? 0) > Date.now()) return { user: name };
    this.#trusted.delete(key);
    if (this.#running >= maxRunning && this.#waiting.length >= maxWaiting) return "busy";
    const hash = this.#users.get(name);
    const fits = await this.#alone(() => Bun.password.verify(password, hash ?? this.#decoy));
    if (!fits || hash === undefined) return "nobody";
    this.#trust(key);
    return { user: name };
  }

  #trust(key: string): void {
    const [oldest] = this.#trusted.keys();
    if (this.#trusted.size >= maxTrusted && oldest !== undefined) this.#trusted.delete(oldest);
    this.#trusted.set(key, Date.now() + trust);
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= maxRunning) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

/** Name and password of an Authorization header (RFC 7617). */
function basic(header: string | null): { name: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  const text = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  if (colon < 1 || text.length === colon + 1) return undefined;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
