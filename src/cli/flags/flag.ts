/** How a flag's text becomes a value. `add` gets the value so far, so that lists can grow. */
export interface Flag<T> {
  readonly description: string;
  readonly short?: string;
  /** What stands behind the flag's name in the help; empty for a switch. */
  readonly placeholder: string;
  readonly zero: T;
  /** The default as the help shows it; absent: not shown. */
  readonly shownDefault?: string;
  /** What the flag means without a value; only switches have one. */
  readonly bare?: string;
  readonly hidden?: boolean;
  /** Said when the flag is used. */
  readonly deprecated?: string;
  add(text: string, before: T): T;
}

/** The flags of a command by their long names. */
export type FlagSet = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<F extends FlagSet> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

export interface FlagOptions {
  short?: string;
  placeholder?: string;
  hidden?: boolean;
  deprecated?: string;
  shownDefault?: string;
}
