import { hostVariant, Iptables } from "./iptables.ts";

const host = async () => new Iptables(4, (await hostVariant()) ?? "nft");

/** Applies changes to the IPv4 rules of the host, written in iptables-restore's language. */
export async function restoreRules(script: string): Promise<void> {
  await (await host()).restore(script);
}

/** The IPv4 rules of the host in the same language. */
export async function saveRules(): Promise<string> {
  return (await host()).save();
}
