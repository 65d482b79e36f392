import {
  forbidden,
  invalid,
  notFound,
  type SlipwayError,
  unauthorized,
  unavailable,
} from "../errors/index.ts";
import { parseChallenges } from "./challenge.ts";
import type { Reply } from "./exchange.ts";

/** One of the reasons that a registry gives (distribution-spec, error codes). */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** Bytes of an answer that are looked at for a reason. */
const maxReason = 256 * 1024;

/** A reply that says no, as an error in the words that Docker has for it: `denied: requested access to …`. */
export async function failureOf(reply: Reply): Promise<SlipwayError> {
  const reason = await reasonOf(reply);
  return kindOf(reply.status)(inWords(reply, reason));
}

/** What the registry says of its refusal; undefined when that is not in a form that one can read. */
export async function reasonOf(reply: Reply): Promise<Reason | undefined> {
  const text = new TextDecoder().decode(await reply.bytes(maxReason));
  const bearer = parseChallenges(reply.headers.get("www-authenticate")).find(
    ({ scheme }) => scheme === "bearer",
  );
  if (reply.status === 401 && bearer?.parameters.error === "insufficient_scope")
    return { code: "DENIED", message: "requested access to the resource is denied" };
  return parseReason(text, reply.status);
}

/** The reason in words, or what can be said of an answer without one. */
export function inWords(reply: Reply, reason: Reason | undefined): string {
  if (reason !== undefined) return formatReason(reason);
  const type = reply.headers.get("content-type")?.split(";")[0];
  const status = `${reply.status} ${statusTexts[reply.status] ?? ""}`.trim();
  return `${reply.url.host} answered with status ${status}${type ? ` (${type})` : ""}`;
}

export function formatReason({ code, message }: Reason): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return message === "" ? words : `${words}: ${message}`;
}

export function kindOf(status: number): (message: string) => SlipwayError {
  if (status === 401) return unauthorized;
  if (status === 403) return forbidden;
  if (status === 404) return notFound;
  if (status === 429 || status >= 500) return unavailable;
  return invalid;
}

/** `{"errors": […]}` of registries, and what token servers answer: `details`, or OAuth's `error_description`. */
function parseReason(text: string, status: number): Reason | undefined {
  const document = parseObject(text);
  const first = Array.isArray(document?.errors) ? document.errors[0] : undefined;
  if (isObject(first)) {
    const message = typeof first.message === "string" ? first.message : "";
    if (typeof first.code === "string") return { code: first.code, message };
    if (message !== "") return { code: fallbackCode(status), message };
  }
  for (const key of ["details", "error_description", "message", "error"]) {
    const message = document?.[key];
    if (typeof message === "string") return { code: fallbackCode(status), message };
  }
  return undefined;
}

const fallbackCode = (status: number): string =>
  ({ 401: "UNAUTHORIZED", 403: "DENIED", 429: "TOOMANYREQUESTS" })[status] ?? `status ${status}`;

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const statusTexts: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};
