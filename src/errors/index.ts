/**
 * The one error type of the product. `server/` maps a kind to an HTTP status, `cli/` to an exit status;
 * no other place decides either, and nothing looks into a message.
 */
export type ErrorKind =
  /** The request is malformed or asks for something impossible. */
  | "invalid"
  /** A credential is missing or wrong. */
  | "unauthorized"
  /** The request is understood and refused. */
  | "forbidden"
  /** The named object does not exist. */
  | "notFound"
  /** The object is in a state, or has users, that exclude the request. */
  | "conflict"
  /** The object already is as requested; not a failure for most callers. */
  | "notModified"
  /** The feature is off or a component that it needs is missing on this host. */
  | "unavailable"
  /** The feature does not exist in this engine. */
  | "notImplemented"
  /** A disk, a pool of addresses or another finite thing is used up. */
  | "exhausted"
  /** Work was given up because its requester went away or its deadline passed. */
  | "cancelled"
  /** The host, the kernel or a component of ours failed. */
  | "system";

export interface ErrorDetails {
  /** The exit status that a container or command which failed this way counts as having (126, 127). */
  readonly exitCode?: number;
  /** The name of the system's error, such as `ENOSPC`. */
  readonly errno?: string;
}

/** A failure a user can act on: the message says what is wrong, in their words, and what to do. */
export class SlipwayError extends Error {
  override readonly name = "SlipwayError";

  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly details: ErrorDetails & { cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

const make =
  (kind: ErrorKind) =>
  (message: string, details?: ErrorDetails & { cause?: unknown }): SlipwayError =>
    new SlipwayError(kind, message, details);

export const invalid = make("invalid");
export const unauthorized = make("unauthorized");
export const forbidden = make("forbidden");
export const notFound = make("notFound");
export const conflict = make("conflict");
export const notModified = make("notModified");
export const unavailable = make("unavailable");
export const notImplemented = make("notImplemented");
export const exhausted = make("exhausted");
export const cancelled = make("cancelled");
export const systemError = make("system");

/** The errno name (`ENOENT`) that a Node, Bun or `os/` failure carries, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof SlipwayError) return error.details.errno;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whatever was thrown, as a SlipwayError; foreign errors become `exhausted` (disk full) or `system`. */
export function asSlipwayError(error: unknown): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const errno = errnoOf(error);
  const details = errno === undefined ? { cause: error } : { cause: error, errno };
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    const what = "no space left on the disk: free some, for example with 'slipway system prune'";
    return new SlipwayError("exhausted", `${what} (${messageOf(error)})`, details);
  }
  return new SlipwayError("system", messageOf(error), details);
}
