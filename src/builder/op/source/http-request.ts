import { errnoOf, forbidden, invalid, messageOf, notFound, unavailable } from "../../../errors/index.ts";

const mostRedirects = 10;

/** An answer whose content may be taken, and where it came from in the end. */
export interface Answer {
  readonly url: URL;
  readonly response: Response;
}

/**
 * Asks for a file of the web. Redirects are followed so often and no further; `headers` go to every server on the way, so
 * they must hold no secret. `notFound`, `forbidden`, `unavailable` by what the server says.
 */
export async function ask(
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  let url = parse(address);
  for (let count = 0; count <= mostRedirects; count++) {
    const response = await send(url, headers, signal);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || response.status === 304 || location === null)
      return { url, response: checked(response, address) };
    await response.body?.cancel();
    url = parse(new URL(location, url).href);
  }
  throw invalid(`cannot fetch ${address}: it leads to another place more than ${mostRedirects} times`);
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw invalid(`cannot fetch ${address}: only http and https are known`);
}

async function send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { redirect: "manual", headers, signal, decompress: false });
  } catch (error) {
    signal.throwIfAborted();
    const why = reasons[errnoOf(error) ?? ""] ?? messageOf(error);
    throw unavailable(`cannot fetch ${url.href}: ${why}`, { cause: error });
  }
}

/** Bun's own messages speak of a computer that is offline. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was cut",
  ENOTFOUND: "no such host",
};

/** In BuildKit's words. */
function checked(response: Response, address: string): Response {
  const { status } = response;
  if (response.ok || status === 304) return response;
  const message = `invalid response status ${status}: cannot fetch ${address}`;
  if (status === 404 || status === 410) throw notFound(message);
  throw status === 401 || status === 403 ? forbidden(message) : unavailable(message);
}
