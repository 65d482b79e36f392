import { invalid, unavailable } from "../../errors/index.ts";

/** The bytes at a URL that an import names. Throws `invalid` for other schemes, `unavailable` for no answer. */
export async function importSource(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const address = URL.parse(url) ?? URL.parse(`http://${url}`);
  if (address === null || !["http:", "https:"].includes(address.protocol)) {
    throw invalid(
      `cannot import from "${url}": give an http:// or https:// URL, or - and the archive as body`,
    );
  }
  const response = await fetch(address, { signal }).catch((cause: unknown) => {
    throw unavailable(`cannot import from "${url}": the server does not answer`, { cause });
  });
  if (!response.ok || response.body === null) {
    throw unavailable(`cannot import from "${url}": the server answered with status ${response.status}`);
  }
  return response.body as unknown as AsyncIterable<Uint8Array>;
}
