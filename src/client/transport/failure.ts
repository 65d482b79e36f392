import { type ErrorKind, SlipwayError } from "../../errors/index.ts";

const kinds: Record<number, ErrorKind> = {
  304: "notModified",
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "notFound",
  409: "conflict",
  499: "cancelled",
  501: "notImplemented",
  503: "unavailable",
};

/** An answer of 300 or more, as the error the engine had. */
export function failure(status: number, body: string): SlipwayError {
  const parsed = parse(body);
  const message = parsed.message ?? (body.trim() || `the engine answered with status ${status}`);
  const { exitCode, errno } = parsed;
  return new SlipwayError(kinds[status] ?? (errno === "ENOSPC" ? "exhausted" : "system"), message, {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(errno === undefined ? {} : { errno }),
  });
}

function parse(body: string): { message?: string; exitCode?: number; errno?: string } {
  if (!body.trimStart().startsWith("{")) return {};
  try {
    return JSON.parse(body);
  } catch {
    // A proxy in between may cut or replace the body: its text is then the message.
    return {};
  }
}
