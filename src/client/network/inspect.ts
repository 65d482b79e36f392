import type { NetworkInspect, NetworkVerbose } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { networkPath } from "./path.ts";

export interface InspectNetworkOptions {
  /** Slipway's engine adds the rules that serve the network, with their counters. */
  verbose?: boolean | undefined;
  /** `local` on one host; a name that stands for networks of several scopes is settled by it. */
  scope?: string | undefined;
}

export function inspectNetwork(
  client: Client,
  ref: string,
  query: InspectNetworkOptions = {},
): Promise<NetworkInspect & NetworkVerbose> {
  return client.json({ method: "GET", path: networkPath(ref), query: { ...query } });
}
