import { isIP } from "node:net";
import { lookUp, type NameAnswer, parseResolvConf } from "../../../network/index.ts";
import { readInRoot } from "../../../os/inroot.ts";
import type { Patient } from "./patient.ts";

/** For one question to one server, and for all of them. */
const ANSWER_MS = 2_000;
const ALL_MS = 8_000;
/** What programs' own resolvers take: resolv.conf(5). */
const MOST_SERVERS = 3;
const MOST_SEARCHED = 6;

/** What came of asking for a name as a program in the container would. */
export interface Resolution {
  readonly addresses: readonly string[];
  /** Who knew it: an address, or "/etc/hosts". */
  readonly source?: string;
  /** Servers that said nothing. */
  readonly silent: readonly string[];
  /** The last server that answered, and what. */
  readonly last?: { readonly server: string; readonly answer: NameAnswer };
  readonly servers: readonly string[];
}

/** Asks the container's /etc/hosts, then its name servers in their order, from within its network. */
export async function resolveName(patient: Patient, name: string, signal: AbortSignal): Promise<Resolution> {
  const { path } = patient.root;
  const inHosts = addressesInHosts(readInRoot(path, "/etc/hosts") ?? "", name);
  const conf = parseResolvConf(readInRoot(path, "/etc/resolv.conf") ?? "");
  const servers = conf.nameservers.slice(0, MOST_SERVERS);
  if (inHosts.length > 0) return { addresses: inHosts, source: "/etc/hosts", silent: [], servers };
  const end = performance.now() + ALL_MS;
  const silent = new Set<string>();
  let last: Resolution["last"];
  for (const candidate of candidates(name, conf.search, conf.options)) {
    for (const server of servers) {
      if (silent.has(server) || performance.now() > end) continue;
      const answer = await askBoth({ address: server, namespace: patient.namespace }, candidate, signal);
      if (answer.kind === "silent") {
        silent.add(server);
        continue;
      }
      last = { server, answer };
      if (answer.kind === "addresses")
        return { addresses: answer.addresses, source: server, silent: [...silent], last, servers };
      // A server that knows that there is no such name is believed; one that failed is not.
      if (answer.kind !== "failed") break;
    }
  }
  return { addresses: [], silent: [...silent], servers, ...(last === undefined ? {} : { last }) };
}

/** IPv4 before IPv6. */
async function askBoth(
  server: { readonly address: string; readonly namespace: number },
  name: string,
  signal: AbortSignal,
): Promise<NameAnswer> {
  const ask = (type: "A" | "AAAA") => lookUp(server, name, type, ANSWER_MS, signal);
  const [four, six] = await Promise.all([ask("A"), ask("AAAA")]);
  const addresses = [four, six].flatMap((it) => (it.kind === "addresses" ? it.addresses : []));
  if (addresses.length > 0) return { kind: "addresses", addresses };
  return four.kind === "silent" ? six : four;
}

/** The names that are asked for, in the order of resolv.conf(5). */
export function candidates(name: string, search: readonly string[], options: readonly string[]): string[] {
  const chosen = options
    .map((option) => /^ndots:(\d+)$/.exec(option)?.[1])
    .findLast((it) => it !== undefined);
  const dots = name.split(".").length - 1;
  const searched = search.slice(0, MOST_SEARCHED).map((domain) => `${name}.${domain.replace(/\.$/, "")}`);
  return dots >= Number(chosen ?? 1) ? [name, ...searched] : [...searched, name];
}

/** hosts(5): an address and its names on each line. */
export function addressesInHosts(text: string, name: string): string[] {
  return text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    const has = names.some((it) => it.toLowerCase() === name.toLowerCase());
    return has && isIP(address) ? [address] : [];
  });
}
