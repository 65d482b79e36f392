/** A Dockerfile, for the context that `context.sh` makes, and how it is built. */
export interface BuildCase {
  readonly text: string;
  /** Further arguments of `build`, of every builder. */
  readonly args?: readonly string[];
  /** What the peers build instead, in the language that they know: the same image must come of it, but for its history. */
  readonly older?: string;
}

/** A case, or the text of one without more. */
export type Cases = Readonly<Record<string, BuildCase | string>>;

export const caseOf = (given: BuildCase | string): BuildCase =>
  typeof given === "string" ? { text: given } : given;
