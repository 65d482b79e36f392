import { rewritePorts } from "../../os/firewall/port-rewrite.ts";
import { inNamespace } from "../../os/netns.ts";

const DNS_PORT = 53;

/** Leads questions to `address`:53 to where the server in this namespace listens. */
export async function leadPort(
  namespace: number,
  address: string,
  listening: { udp: number; tcp: number },
): Promise<void> {
  inNamespace(namespace, () => rewritePorts({ address, port: DNS_PORT, ...listening }));
}
