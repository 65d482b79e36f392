import tls from "node:tls";

let known: string[] | undefined;

/** PEM texts of the authorities that are trusted without a word: the host's, and those that the runtime brings. */
export function systemAuthorities(): readonly string[] {
  known ??= tls.getCACertificates("default");
  return known;
}
