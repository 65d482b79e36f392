import { asSlipwayError, type ErrorKind } from "../../errors/index.ts";
import { statusOf } from "../http/status.ts";
import { noted } from "./note.ts";

/** The codes of the distribution specification ("Error Codes"), and those that Docker's registry adds, with their status. */
const statusOfCode = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 409,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  SIZE_INVALID: 400,
  TOOMANYREQUESTS: 429,
  UNAUTHORIZED: 401,
  UNAVAILABLE: 503,
  UNKNOWN: 500,
  UNSUPPORTED: 405,
} as const;

export type FailureCode = keyof typeof statusOfCode;

/** What an endpoint calls failures of these kinds. */
export type CodesByKind = Partial<Record<ErrorKind, FailureCode>>;

/** What clients find out by asking: of no note in the access log. */
const expected = new Set<FailureCode>(["BLOB_UNKNOWN", "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "UNAUTHORIZED"]);

/** An answer that says what is wrong. */
export function failure(
  code: FailureCode,
  message: string,
  { status = statusOfCode[code], headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const answer = Response.json({ errors: [{ code, message }] }, { status, headers });
  return expected.has(code) ? answer : noted(answer, message);
}

const common: CodesByKind = {
  unauthorized: "UNAUTHORIZED",
  forbidden: "DENIED",
  exhausted: "UNAVAILABLE",
  unavailable: "UNAVAILABLE",
  notImplemented: "UNSUPPORTED",
};

/** The answer to what was thrown. */
export function failureOf(thrown: unknown, codes: CodesByKind): Response {
  const { kind, message } = asSlipwayError(thrown);
  const code = codes[kind] ?? common[kind];
  return code === undefined
    ? failure("UNKNOWN", message, { status: statusOf[kind] })
    : failure(code, message);
}
