import { Iptables } from "./iptables.ts";
import type { PortRewrite } from "./port-rewrite.ts";

const CHAIN = "SLIPWAY-NAMES";

/**
 * Does what `rewritePorts` does with the NAT of iptables' tables of old, for kernels without nf_tables: by children,
 * in about 20 ms, and the namespace's connections are tracked from then on. Called again it replaces what it did.
 */
export async function redirectPorts(namespace: number, service: PortRewrite): Promise<void> {
  const { address, port, udp, tcp } = service;
  const tables = new Iptables(4, "legacy", { fd: namespace, path: `/proc/${process.pid}/fd/${namespace}` });
  const lead = (protocol: string, real: number) =>
    `-A ${CHAIN} -p ${protocol} -m ${protocol} --dport ${port} -j DNAT --to-destination ${address}:${real}`;
  const jump = `-A OUTPUT -d ${address}/32 -j ${CHAIN}`;
  const jumps = (await tables.save({ table: "nat" })).includes(jump);
  // A chain that is declared is emptied, in the transaction that fills it.
  const rules = [`:${CHAIN} - [0:0]`, lead("udp", udp), lead("tcp", tcp), ...(jumps ? [] : [jump])];
  await tables.restore(`*nat\n${rules.join("\n")}\nCOMMIT\n`);
}
