/** What became of a probe. */
export type Outcome =
  /** The other side answered as it does when all is well. */
  | { readonly kind: "answered" }
  /** The other side, or somebody in its name, said that nobody takes this. */
  | { readonly kind: "refused" }
  /** Somebody, maybe the own kernel, said why it cannot get there: the name of an error. */
  | { readonly kind: "unreachable"; readonly errno: string }
  /** The own packet filter did not let it out. */
  | { readonly kind: "forbidden" }
  /** Nothing came back in time. */
  | { readonly kind: "silent" };

const kinds: Record<string, Outcome> = {
  ECONNREFUSED: { kind: "refused" },
  ECONNRESET: { kind: "refused" },
  EPERM: { kind: "forbidden" },
  ETIMEDOUT: { kind: "silent" },
};

export const answered: Outcome = { kind: "answered" };
export const silent: Outcome = { kind: "silent" };

/** What an error means that a socket met. */
export const outcomeOf = (errno: string): Outcome => kinds[errno] ?? { kind: "unreachable", errno };
