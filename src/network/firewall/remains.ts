/** What some engine has in one place of the packet filter. */
export interface Remains {
  /** The engine's, as it stands in names. */
  readonly key: string;
  readonly bridges: readonly string[];
  /** Nothing but chains, which hold no rule. */
  readonly isEmpty: boolean;
  /** Removes it in one transaction; false where there was nothing to remove. */
  readonly remove: () => Promise<boolean>;
}
