import { forbidden, invalid, unavailable } from "../errors/index.ts";
import { exchange, type HttpRequest, type Reply } from "./exchange.ts";
import { maxRedirects } from "./limits.ts";
import type { Reach } from "./reach.ts";

/**
 * Makes a request and follows where it is sent to. Another host does not get the Authorization; from https to http
 * goes only what may be insecure.
 */
export async function follow(first: HttpRequest, reach: Reach): Promise<Reply> {
  let request = first;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const reply = await exchange({ ...request, ...(await reach.route(request.url)) });
    const location = redirection(request, reply);
    if (location === undefined) return reply;
    await reply.discard();
    const { Authorization, ...headers } = request.headers;
    const url = await target(location, request.url, reach);
    const home = url.origin === request.url.origin;
    request = {
      ...request,
      url,
      headers: home && Authorization !== undefined ? { ...headers, Authorization } : headers,
    };
  }
  throw unavailable(`${first.url.host} redirects too often: more than ${maxRedirects} times`);
}

/** Reading follows every redirect; what writes only those that keep the method (RFC 9110, 15.4). */
function redirection({ method }: HttpRequest, reply: Reply): string | undefined {
  const reading = method === "GET" || method === "HEAD";
  const followed = reading ? [301, 302, 303, 307, 308] : [307, 308];
  return followed.includes(reply.status) ? (reply.headers.get("location") ?? undefined) : undefined;
}

async function target(location: string, from: URL, reach: Reach): Promise<URL> {
  if (!URL.canParse(location, from.href)) throw invalid(`${from.host} redirects to no URL: ${location}`);
  const url = new URL(location, from);
  if (!/^https?:$/.test(url.protocol))
    throw invalid(`${from.host} redirects to ${url.protocol}//, not to https`);
  if (from.protocol === "https:" && url.protocol === "http:" && !(await reach.isInsecure(url.host))) {
    throw forbidden(
      `${from.host} redirects from https to http://${url.host}, which is not among insecure-registries`,
    );
  }
  return url;
}
