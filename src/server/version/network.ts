import type { NetworkCreateRequest } from "../../api/index.ts";
import type { ApiVersion } from "./api-version.ts";

/** IPv4 can be left out since 1.48. */
export function networkCreateFrom(version: ApiVersion, request: NetworkCreateRequest): NetworkCreateRequest {
  if (version.since(48)) return request;
  const { EnableIPv4: _, ...rest } = request;
  return rest;
}
