import { hasVariant, Iptables, type IpVersion, isInUse, type Variant } from "./iptables.ts";
import { isInstalled, type OtherNamespace, runProgram } from "./program.ts";

/** A rule, or the policy of one of the kernel's chains, by which packets are dropped or rejected. */
export interface DroppingRule {
  /** `filter FORWARD`, or of nf_tables `inet firewall forward`. */
  readonly chain: string;
  /** As the packet filter's own program prints it. */
  readonly rule: string;
  /** How many packets it has met; undefined where nobody counts. */
  readonly packets: number | undefined;
}

/** All of them for one version of IP, whoever made them: of iptables' two kinds and of nf_tables. */
export async function droppingRules(version: IpVersion, namespace?: OtherNamespace): Promise<DroppingRule[]> {
  const variants = (["nft", "legacy"] as const).filter(
    (variant) => hasVariant(version, variant) && isInUse(version, variant, namespace),
  );
  const save = async (variant: Variant) =>
    parseSaved(await new Iptables(version, variant, namespace).save({ counters: true }), variant);
  const native = async () => {
    if (!isInstalled("nft")) return [];
    const listing = await runProgram(["nft", "list", "ruleset"], "", namespace);
    return parseListing(listing, version, variants.includes("nft"));
  };
  return (await Promise.all([...variants.map(save), native()])).flat();
}

/** What iptables-save prints with its counters. */
export function parseSaved(text: string, variant: Variant): DroppingRule[] {
  const found: DroppingRule[] = [];
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    const policy = /^:(\S+) DROP \[(\d+):/.exec(line);
    const rule = /^\[(\d+):\d+\] -A (\S+) (.*-j (?:DROP|REJECT)\b.*)$/.exec(line);
    // In nf_tables the programs count for a policy only if they were told to when they set it.
    if (policy !== null)
      found.push({
        chain: `${table} ${policy[1]}`,
        rule: "policy DROP",
        packets: variant === "legacy" ? Number(policy[2]) : undefined,
      });
    if (rule !== null)
      found.push({ chain: `${table} ${rule[2]}`, rule: rule[3] ?? "", packets: Number(rule[1]) });
  }
  return found;
}

/** What `nft list ruleset` prints; the tables of iptables, which it shows too, are left to that when `hasIptables`. */
export function parseListing(text: string, version: IpVersion, hasIptables: boolean): DroppingRule[] {
  const families = version === 4 ? ["ip", "inet"] : ["ip6", "inet"];
  const found: DroppingRule[] = [];
  let table: string | undefined;
  let chain: string | undefined;
  for (const line of text.split("\n")) {
    const [, family = "", name = ""] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    if (name !== "") {
      const isOfIptables =
        hasIptables && /^(raw|mangle|nat|filter|security)$/.test(name) && family !== "inet";
      table = families.includes(family) && !isOfIptables ? `${family} ${name}` : undefined;
    }
    const opening = /^\t(\w+) (\S+) \{/.exec(line);
    if (opening !== null) chain = opening[1] === "chain" ? opening[2] : undefined;
    const statement = line.trim();
    if (table === undefined || chain === undefined || !/\b(drop|reject)\b/.test(statement)) continue;
    const isPolicy = statement.startsWith("type ");
    const count = /\bcounter packets (\d+) bytes \d+ ?/.exec(statement);
    found.push({
      chain: `${table} ${chain}`,
      rule: isPolicy ? "policy drop" : statement.replace(count?.[0] ?? "", ""),
      packets: count === null ? undefined : Number(count[1]),
    });
  }
  return found;
}
