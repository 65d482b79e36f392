import type { Endpoint } from "../../../network/index.ts";
import type { ContainerRecord } from "../record.ts";

const bare = ["host", "none"];

/**
 * The place of a running container on `host` or `none`, which give it nothing: an id for each run is all there is.
 * Undefined on other networks, and while the container does not run.
 */
export function bareEndpoint(
  { id, endpoints, state }: ContainerRecord,
  network: string,
): Pick<Endpoint, "endpointId" | "networkId"> | undefined {
  const networkId = endpoints[network]?.NetworkID;
  if (!bare.includes(network) || networkId === undefined || state.initPid === 0) return undefined;
  const run = `${id}/${state.startedAt}/${networkId}`;
  return { networkId, endpointId: new Bun.CryptoHasher("sha256").update(run).digest("hex") };
}
