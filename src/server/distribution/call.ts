import type { ImageOffer } from "../../engine/backend.ts";

/** One request to the registry. */
export interface Call {
  readonly offer: ImageOffer;
  readonly request: Request;
  readonly query: URLSearchParams;
  /** Of the path; empty where it has none. */
  readonly repository: string;
  /** The last part of the path: a tag, a digest or an upload's id. */
  readonly reference: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Lets the connection be silent for as long as the work takes. */
  patient(): void;
}

export type Handler = (call: Call) => Promise<Response> | Response;
