const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * A process's environment as Docker makes it: PATH, HOSTNAME and TERM first, each unless the image or the
 * user sets it; an entry without `=` removes the name.
 */
export function environment(options: { hostname: string; tty: boolean; env: readonly string[] }): string[] {
  const base = [`PATH=${defaultPath}`, `HOSTNAME=${options.hostname}`];
  if (options.tty) base.push("TERM=xterm");
  return mergeEnvironment(base, options.env);
}

/** Later entries replace earlier ones in place; a bare name removes it. */
export function mergeEnvironment(base: readonly string[], overrides: readonly string[]): string[] {
  const entries = new Map<string, string>();
  for (const entry of [...base, ...overrides]) {
    const at = entry.indexOf("=", 1);
    if (at < 0) entries.delete(entry);
    else entries.set(entry.slice(0, at), entry);
  }
  return [...entries.values()];
}
