import { readFileSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";
import { RulesetGeneration } from "./generation.ts";
import { isInstalled, type OtherNamespace, runProgram, within } from "./program.ts";

/** Seconds that iptables may wait for its lock while another program changes rules. */
const LOCK_SECONDS = "10";

/** Where iptables' rules live: in nf_tables, or in the tables of old that keep no generation. */
export type Variant = "nft" | "legacy";

export type IpVersion = 4 | 6;

const tool = (version: IpVersion) => (version === 4 ? "iptables" : "ip6tables");

/** iptables' programs for one version of IP. */
export class Iptables {
  constructor(
    readonly version: IpVersion,
    readonly variant: Variant,
    private readonly namespace?: OtherNamespace,
  ) {}

  /**
   * Applies changes written in iptables-restore's language and leaves all other rules alone. Within a table
   * either all of it happens or nothing; a chain that is declared (`:NAME - [0:0]`) is emptied if it exists.
   */
  async restore(script: string): Promise<void> {
    await this.#run("restore", ["--wait", LOCK_SECONDS, "--noflush"], script);
  }

  /** The rules of all tables in the same language, or of one; with `counters` each begins with `[PACKETS:BYTES]`. */
  save(options: { table?: string; counters?: boolean } = {}): Promise<string> {
    const { table, counters = false } = options;
    return this.#run("save", [...(table === undefined ? [] : ["-t", table]), ...(counters ? ["-c"] : [])]);
  }

  #run(action: "restore" | "save", flags: string[], input = ""): Promise<string> {
    // Before 1.8 there was one variant, whose programs do not name it.
    const named = `${tool(this.version)}-${this.variant}-${action}`;
    const program = isInstalled(named) ? named : `${tool(this.version)}-${action}`;
    return runProgram([program, ...flags], input, this.namespace);
  }
}

/** Do the programs of this variant exist beside those that the command `iptables` stands for? */
export const hasVariant = (version: IpVersion, variant: Variant): boolean =>
  isInstalled(`${tool(version)}-${variant}-restore`);

export const hasIptables = (version: IpVersion): boolean => isInstalled(`${tool(version)}-restore`);

/** Can there be rules of this variant? A legacy program that is asked for rules makes its tables. */
export function isInUse(version: IpVersion, variant: Variant, namespace?: OtherNamespace): boolean {
  return within(namespace, () => (variant === "legacy" ? hasLegacyTables(version) : hasNfTables()));
}

function hasLegacyTables(version: IpVersion): boolean {
  try {
    return readFileSync(`/proc/thread-self/net/${version === 4 ? "ip" : "ip6"}_tables_names`, "utf8") !== "";
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}

function hasNfTables(): boolean {
  using generation = new RulesetGeneration();
  return generation.read() > 0;
}

/**
 * The variant that this host's rules are in, so that all are in one place: the one of the two that has rules,
 * otherwise what the command `iptables` stands for. Undefined where iptables is not installed.
 */
export async function hostVariant(namespace?: OtherNamespace): Promise<Variant | undefined> {
  const usual = await usualVariant();
  if (usual === undefined) return undefined;
  const other = usual === "nft" ? "legacy" : "nft";
  if (!hasVariant(4, other)) return usual;
  const hasRules = async (variant: Variant) =>
    isInUse(4, variant, namespace) && /^-A /m.test(await new Iptables(4, variant, namespace).save());
  if (await hasRules(usual)) return usual;
  return (await hasRules(other)) ? other : usual;
}

async function usualVariant(): Promise<Variant | undefined> {
  if (!isInstalled("iptables")) return (["nft", "legacy"] as const).find((it) => hasVariant(4, it));
  return (await runProgram(["iptables", "--version"], "")).includes("nf_tables") ? "nft" : "legacy";
}
