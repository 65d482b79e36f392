const hub = "docker.io";
/** What Docker Hub is called where it is not called docker.io. */
const hubNames = ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

/** A registry's domain by the address under which clients keep credentials: `https://index.docker.io/v1/`, `host:port`. */
export function domainOf(serverAddress: string | undefined): string {
  const host = (serverAddress ?? "").replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return host === "" || hubNames.includes(host) ? hub : host;
}

/** The domain that a search's term begins with, and the rest: `quay.io/team/app`; without one it is Docker Hub's. */
export function splitTerm(term: string): { domain: string; rest: string } {
  const slash = term.indexOf("/");
  const first = term.slice(0, Math.max(slash, 0));
  const isDomain = first === "localhost" || /[.:]/.test(first);
  const domain = isDomain ? domainOf(first) : hub;
  const rest = isDomain ? term.slice(slash + 1) : term;
  return { domain, rest: domain === hub ? rest.replace(/^library\//, "") : rest };
}
