/** The versions of Docker's Engine API that are spoken: the newest, and the oldest that is accepted. */
export const apiVersion = "1.51";
export const minimumApiVersion = "1.24";

export interface ErrorResponse {
  message: string;
}

export interface IdResponse {
  Id: string;
}

/** The `filters` parameter: a JSON object of filter name → values (or, from old clients, → {value: true}). */
export type Filters = Record<string, string[]>;

/** What the progress streams of load, import, pull, push and build carry, one JSON object a line. */
export interface ProgressMessage {
  stream?: string;
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number; units?: string };
  progress?: string;
  error?: string;
  errorDetail?: { code?: number; message: string };
  aux?: unknown;
}
