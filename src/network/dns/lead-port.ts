import { messageOf, SlipwayError } from "../../errors/index.ts";
import { redirectPorts } from "../../os/firewall/port-redirect.ts";
import { rewritePorts } from "../../os/firewall/port-rewrite.ts";
import { inNamespace } from "../../os/netns.ts";

const DNS_PORT = 53;

/** Leads questions to `address`:53 to where the server in this namespace listens, by whichever packet filter there is. */
export async function leadPort(
  namespace: number,
  address: string,
  listening: { udp: number; tcp: number },
): Promise<void> {
  const service = { address, port: DNS_PORT, ...listening };
  try {
    inNamespace(namespace, () => rewritePorts(service));
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    await redirectPorts(namespace, service).catch((second: unknown) => {
      const reasons = `${messageOf(error)}; ${messageOf(second)}`;
      throw new SlipwayError("unavailable", `cannot serve names in a container: ${reasons}`, {
        cause: error,
      });
    });
  }
}
