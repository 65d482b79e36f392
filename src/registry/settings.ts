/** What is said of one registry, by its domain as references have it (`docker.io`, `registry.example:5000`). */
export interface RegistryRule {
  /** Asked first, in this order, for what is read: `https://mirror.example` or `mirror.example:5000/prefix`. */
  readonly mirrors?: readonly string[];
  /** Where the registry itself is reached instead: a domain with an optional path before the repository's. */
  readonly rewrite?: string;
  /** Nothing is read from it or written to it. */
  readonly blocked?: boolean;
  /** Plain HTTP, or a certificate that nobody vouches for. */
  readonly insecure?: boolean;
}

/** How this host reaches registries. */
export interface RegistrySettings {
  /** Domains or CIDRs of registries that may be insecure; loopback addresses always may. */
  readonly insecure: readonly string[];
  /** By domain; `*.example` is for the domains below it, the longest match counts. */
  readonly rules: Readonly<Record<string, RegistryRule>>;
  /**
   * Directories with `<domain>/{*.crt,*.cert,*.key}` as Docker has them: certificates of authorities, and pairs that
   * the client proves itself with.
   */
  readonly certificates: readonly string[];
  /** URLs of proxies by scheme of the request, and the hosts that are reached without. */
  readonly proxies: { readonly http?: string; readonly https?: string; readonly none?: string };
  readonly userAgent: string;
}
