/** How to copy. */
export interface CopyOptions {
  /** Owners are kept as they are at the source. */
  keepOwner: boolean;
  followLink: boolean;
  quiet: boolean;
}
