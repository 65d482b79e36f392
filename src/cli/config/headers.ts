import { wrong } from "../local-error.ts";

/** What a request says of itself and its connection is not the user's to change. */
const reserved =
  /^(host|user-agent|connection|upgrade|content-type|content-length|transfer-encoding|expect)$/i;

/** `HttpHeaders`: headers to send with every request. Throws for what would not be one header. */
export function requestHeaders(configured: Record<string, string> = {}): Record<string, string> {
  const entries = Object.entries(configured).filter(([name]) => !reserved.test(name));
  for (const [name, value] of entries) {
    // RFC 9110, 5.1 and 5.5.
    const sound = /^[!#$%&'*+\-.^_`|~\w]+$/.test(name) && !/[\0\r\n]/.test(value);
    if (!sound) throw wrong(`"HttpHeaders" in config.json: ${JSON.stringify(name)} is not a valid header`);
  }
  return Object.fromEntries(entries);
}
