import { readFile } from "node:fs/promises";
import { errnoOf } from "../../../errors/index.ts";
import { addressText } from "../../../os/netlink/index.ts";

/** Where a program waits for connections, or for datagrams. */
export interface Listener {
  readonly address: string;
  readonly port: number;
}

/** The states in which sockets are that nobody is connected to: proc_pid_net(5), LISTEN and, of UDP, CLOSE. */
const WAITING = { tcp: "0A", udp: "07" } as const;

const MAPPED = Buffer.from("00000000000000000000ffff", "hex");

/** Who waits in the network namespace of a process; undefined when it is gone. */
export async function listeners(pid: number, protocol: "tcp" | "udp"): Promise<Listener[] | undefined> {
  const read = async (file: string) => {
    try {
      return await readFile(`/proc/${pid}/net/${file}`, "latin1");
    } catch (error) {
      // A kernel without IPv6 has no table for it.
      if (["ENOENT", "ESRCH", "EINVAL"].includes(errnoOf(error) ?? "")) return undefined;
      throw error;
    }
  };
  const [four, six] = await Promise.all([read(protocol), read(`${protocol}6`)]);
  if (four === undefined) return undefined;
  return [four, six ?? ""].flatMap((text) => parseSockets(text, WAITING[protocol]));
}

/** `  0: 0100007F:1538 00000000:0000 0A …`: each 32 bits of an address in the host's order, the port as a number. */
export function parseSockets(text: string, state: string): Listener[] {
  return text.split("\n").flatMap((line) => {
    const [, address = "", port = ""] =
      new RegExp(`^\\s*\\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \\S+ ${state} `).exec(line) ?? [];
    if (address === "") return [];
    const words = address.match(/.{8}/g) ?? [];
    const bytes = Buffer.concat(words.map((word) => Buffer.from(word, "hex").reverse()));
    // IPv4 connections of an IPv6 socket have addresses in its clothes.
    const isMapped = bytes.length === 16 && bytes.subarray(0, 12).equals(MAPPED);
    return [{ address: addressText(isMapped ? bytes.subarray(12) : bytes), port: Number.parseInt(port, 16) }];
  });
}

const ANY = ["0.0.0.0", "::"];

/** Does it take what is sent to this address? One at "::" takes IPv4 too, unless its program wants otherwise. */
export const takes = (listener: Listener, address: string): boolean =>
  listener.address === address ||
  (ANY.includes(listener.address) && (listener.address === "::" || !address.includes(":")));
