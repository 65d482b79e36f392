/** What is the most that a request may take. Times in milliseconds. */
export interface Limits {
  /** How often a request is tried. */
  readonly attempts: number;
  /** Without a byte for so long, a connection counts as dead. */
  readonly idle: number;
  /** How long a registry may take to give its first answer, connection and TLS included, or a server to give a token. */
  readonly connect: number;
  /** The wait before the second attempt; it doubles with each further one. */
  readonly backOff: number;
  /** A registry that asks (Retry-After) for a longer wait is not asked again. */
  readonly retryAfter: number;
}

export const defaultLimits: Limits = {
  attempts: 5,
  idle: 60_000,
  connect: 30_000,
  backOff: 250,
  retryAfter: 30_000,
};

/** Bytes of a manifest or an index (distribution-spec: registries may refuse more than 4 MiB). */
export const maxManifest = 8 * 1024 * 1024;
/** Bytes of an answer that is not content: errors, tokens, lists. */
export const maxAnswer = 4 * 1024 * 1024;
export const maxRedirects = 10;
