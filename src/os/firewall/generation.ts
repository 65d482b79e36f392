import { errnoOf } from "../../errors/index.ts";
import { parseAttributes } from "../netlink/attributes.ts";
import { type NetlinkReply, NetlinkSocket } from "../netlink/socket.ts";

/** linux/netfilter/nfnetlink.h and nf_tables.h. */
const NETLINK_NETFILTER = 12;
const NFNL_SUBSYS_NFTABLES = 10;
const NFT_MSG_GETGEN = 16;
const NFTA_GEN_ID = 1;
const NFGENMSG_BYTES = 4;

/**
 * The number of the current nf_tables ruleset of a network namespace: each transaction of any program
 * counts it up by one. Asking takes two system calls, so it is the cheap way to see that rules changed.
 */
export class RulesetGeneration implements Disposable {
  readonly #socket = new NetlinkSocket(NETLINK_NETFILTER);

  /** 0 on a kernel without nf_tables. */
  read(): number {
    let reply: NetlinkReply | undefined;
    try {
      [reply] = this.#socket.query({
        type: (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN,
        body: Buffer.alloc(NFGENMSG_BYTES),
        what: "read the generation of the firewall's rules",
      });
    } catch (error) {
      if (!["EINVAL", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) throw error;
    }
    const attributes = parseAttributes(reply?.body.subarray(NFGENMSG_BYTES) ?? Buffer.alloc(0));
    return attributes.get(NFTA_GEN_ID)?.readUInt32BE() ?? 0;
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }
}
