import type { ErrorKind } from "../../errors/index.ts";

/** The one map from the kind of a failure to its HTTP status. */
export const statusOf: Record<ErrorKind, number> = {
  notModified: 304,
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  // nginx's number for a client that went away; nobody reads it, but access logs of proxies show it.
  cancelled: 499,
  exhausted: 500,
  system: 500,
  notImplemented: 501,
  unavailable: 503,
};
