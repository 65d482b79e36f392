import { cancelled, errnoOf, messageOf, type SlipwayError, unavailable } from "../errors/index.ts";
import type { Watch } from "./watch.ts";

/** OpenSSL's names (verify(1)) for a certificate that does not convince. */
const distrust =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*|INVALID_CA|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** Why there is no answer, or not the whole of it: `cancelled`, or `unavailable` with the system's name of the error. */
export function connectionFailure(url: URL, error: unknown, watch: Watch): SlipwayError {
  const { host } = url;
  if (watch.cancelled) return cancelled("the request was given up", { cause: error });
  const errno = errnoOf(error) ?? (watch.expired ? "ETIMEDOUT" : "EIO");
  const details = { errno, cause: error };
  if (watch.expired) return unavailable(`${host} sent nothing for ${watch.limit / 1000} s`, details);
  if (distrust.test(errno)) {
    return unavailable(
      `the certificate of ${host} is not trusted: ${messageOf(error)}; put the certificate of its authority at /etc/docker/certs.d/${host}/ca.crt, or name the registry among insecure-registries`,
      details,
    );
  }
  if (errno === "EPROTO") {
    return unavailable(
      `${host} does not answer with TLS: if it only speaks HTTP, name it among insecure-registries`,
      details,
    );
  }
  if (errno === "ENOTFOUND") return unavailable(`no such host: ${url.hostname}`, details);
  if (errno === "ECONNREFUSED") return unavailable(`${host} cannot be reached: connection refused`, details);
  if (errno === "ECONNRESET") return unavailable(`the connection to ${host} was cut`, details);
  return unavailable(`the connection to ${host} failed (${errno})`, details);
}

/** Whether another attempt has a chance: not when the name or the certificate is wrong. */
export function isPassing(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno !== undefined && errno !== "ENOTFOUND" && !distrust.test(errno);
}

/** Whether nobody listens there. */
export function isRefused(error: unknown): boolean {
  return errnoOf(error) === "ECONNREFUSED";
}

/** Whether there was no connection, as far as can be told. */
export function isUnreachable(error: unknown): boolean {
  return isRefused(error) || ["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"].includes(errnoOf(error) ?? "");
}
