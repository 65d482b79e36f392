import { forbidden, invalid } from "../errors/index.ts";
import type { Reply } from "./exchange.ts";

/** Where an answer's Location leads, absolute or relative. `forbidden` when that is another host by http. */
export function locationOf(reply: Reply): URL {
  const location = reply.headers.get("location");
  if (location === null || !URL.canParse(location, reply.url.href))
    throw invalid(`${reply.url.host} accepted the upload without saying where it goes on (Location)`);
  const url = target(location, reply.url);
  if (reply.url.protocol === "https:" && url.protocol !== "https:")
    throw forbidden(`${reply.url.host} wants the upload to go on over http, at ${url.host}`);
  return url;
}

/** The URL with a further parameter; what the registry wrote in its query stays as it is, to the letter. */
export function withParameter(url: URL, name: string, value: string): URL {
  const before = url.search === "" ? "?" : `${url.search}&`;
  return new URL(`${url.origin}${url.pathname}${before}${name}=${encodeURIComponent(value)}`);
}

/** The next page by the Link header (RFC 8288): `<…>; rel="next"`. */
export function nextPage(reply: Reply): URL | undefined {
  const header = reply.headers.get("link") ?? "";
  const next = /<([^>]*)>\s*;[^,<]*\brel\s*=\s*"?next\b/i.exec(header)?.[1];
  return next !== undefined && URL.canParse(next, reply.url.href) ? target(next, reply.url) : undefined;
}

/** A registry behind a proxy that ends TLS may name itself with http: on the same host, what was https stays it. */
function target(location: string, from: URL): URL {
  const url = new URL(location, from);
  const downgraded = from.protocol === "https:" && url.protocol === "http:" && url.hostname === from.hostname;
  return downgraded ? new URL(`${from.origin}${url.pathname}${url.search}`) : url;
}
