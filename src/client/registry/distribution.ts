import type { AuthConfig, DistributionInspect } from "../../api/index.ts";
import { authHeader } from "../auth.ts";
import type { Client } from "../client.ts";

/** What a registry has under a name at the moment: digest, size and platforms. */
export function inspectDistribution(
  client: Client,
  ref: string,
  auth?: AuthConfig,
): Promise<DistributionInspect> {
  const name = ref.split("/").map(encodeURIComponent).join("/");
  return client.json({ method: "GET", path: `/distribution/${name}/json`, headers: authHeader(auth) });
}
