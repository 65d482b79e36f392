import { messageOf } from "../../../errors/index.ts";
import {
  hasIptables,
  Iptables,
  type IpVersion,
  isInUse,
  type OtherNamespace,
  type Variant,
} from "../../../os/firewall/index.ts";
import type { Backend, CountedRule } from "../backend.ts";
import { contains, type FilteredNetwork, type Policy } from "../policy.ts";
import type { Chains } from "./chains.ts";
import type { Rendering } from "./rules.ts";
import { chainOf, parseSavedRules, type SavedRules } from "./saved.ts";
import { assertScript, changeScript, isInForce, removalScript } from "./script.ts";

export interface IptablesOptions {
  readonly chains: Chains;
  readonly variant: Variant;
  /** The versions of IP whose rules are ours to write. */
  readonly versions: readonly IpVersion[];
  readonly namespace?: OtherNamespace;
  /** Not the variant that the engine's own rules are in: left alone where nobody uses it. */
  readonly secondary?: boolean;
  /** Told when the host's rules cannot be copied. What they would decide about is then dropped. */
  readonly refused?: (reason: string) => void;
}

/** What is wanted of one version of IP, given what its rules are now. */
export type Render = (policy: Policy, version: IpVersion, saved: SavedRules, closed: boolean) => Rendering;

const nothing: Rendering = { chains: new Map(), hooks: [], kept: [] };

/** How often rules are looked at that are to be removed. */
const looks = 3;

/** Rules by iptables' programs: one process for each version of IP that something changes for. */
export class IptablesBackend implements Backend {
  readonly #options: IptablesOptions;
  readonly #chains: Chains;
  readonly #programs: readonly Iptables[];
  readonly #render: Render;
  #policy: Policy = { networks: [], ports: [] };
  readonly #inForce = new Map<IpVersion, Rendering>();
  /** What the host's rules were when they were last seen as a whole. */
  readonly #saved = new Map<IpVersion, SavedRules>();
  readonly #refused: ((reason: string) => void) | undefined;
  /** The copy of the host's rules that the kernel did not take. */
  readonly #closed = new Map<IpVersion, string>();

  constructor(options: IptablesOptions, render: Render) {
    const { chains, variant, versions, namespace, refused } = options;
    this.#options = options;
    this.#refused = refused;
    this.#chains = chains;
    this.#programs = versions.map((version) => new Iptables(version, variant, namespace));
    this.#render = render;
  }

  async assert(policy: Policy): Promise<void> {
    this.#policy = policy;
    await this.#each(policy, (program) => this.#replace(program));
  }

  async change(policy: Policy): Promise<number> {
    this.#policy = policy;
    let transactions = 0;
    await this.#each(policy, async (program) => {
      const { version } = program;
      const before = this.#inForce.get(version) ?? nothing;
      const rendering = this.#wanted(version);
      // What hangs in the kernel's chains comes and goes as a whole.
      if (before.hooks.length !== rendering.hooks.length) return this.#replace(program);
      const script = changeScript(before, rendering);
      if (script === "") return;
      await program.restore(script);
      transactions += script.match(/^COMMIT$/gm)?.length ?? 0;
      this.#inForce.set(version, rendering);
    });
    return transactions;
  }

  async isInForce(): Promise<boolean> {
    // A change may come in while the rules are read: it is compared what there was.
    const inForce = new Map(this.#inForce);
    const results = await Promise.all(
      this.#usable(this.#policy).map(async (program) => {
        const saved = parseSavedRules(await program.save());
        const rendering = inForce.get(program.version) ?? nothing;
        const copy = copied(this.#wanted(program.version, saved));
        return copy === copied(rendering) && isInForce(rendering, saved);
      }),
    );
    return results.every((it) => it);
  }

  async counters(network: FilteredNetwork, policy: Policy): Promise<CountedRule[]> {
    const addresses = policy.ports.map(({ address }) => address).filter((it) => contains(network, it));
    const texts = await Promise.all(this.#usable(policy).map((program) => program.save({ counters: true })));
    return texts.flatMap((text) => this.#counted(text, network, addresses));
  }

  async remove(): Promise<void> {
    await this.#each({ networks: [], ports: [] }, async (program) => {
      await this.#removeFrom(program, looks);
      this.#inForce.delete(program.version);
    });
  }

  /** Others may remove rules between a look and what is made of it: then what is left is looked at anew. */
  async #removeFrom(program: Iptables, looks: number): Promise<void> {
    const script = removalScript(await this.#look(program), this.#chains);
    if (script === "") return;
    try {
      await program.restore(script);
    } catch (error) {
      if (looks === 1) throw error;
      await this.#removeFrom(program, looks - 1);
    }
  }

  async #replace(program: Iptables): Promise<void> {
    const { version } = program;
    const saved = await this.#look(program);
    const put = async () => {
      const rendering = this.#wanted(version);
      const script = assertScript(rendering, saved, this.#chains);
      if (script !== "") await program.restore(script);
      this.#inForce.set(version, rendering);
    };
    try {
      await put();
    } catch (error) {
      if (this.#refused === undefined) throw error;
      this.#refused(messageOf(error));
      // The host's rules are as they were when they could not be copied, until they change.
      this.#closed.set(version, copied(this.#render(this.#policy, version, saved, false)));
      await put();
    }
  }

  #wanted(version: IpVersion, saved: SavedRules = this.#saved.get(version) ?? new Map()): Rendering {
    const rendering = this.#render(this.#policy, version, saved, false);
    const closed = this.#closed.get(version);
    if (closed === undefined || closed !== copied(rendering)) return rendering;
    return this.#render(this.#policy, version, saved, true);
  }

  async #look(program: Iptables): Promise<SavedRules> {
    const saved = parseSavedRules(await program.save());
    this.#saved.set(program.version, saved);
    return saved;
  }

  /** ip6tables may be missing as long as no network needs it. */
  #usable({ networks }: Policy): readonly Iptables[] {
    const { variant, namespace, secondary } = this.#options;
    return this.#programs.filter(({ version }) => {
      if (secondary && !isInUse(version, variant, namespace)) return false;
      return version === 4 || hasIptables(version) || networks.some(({ families }) => families[version]);
    });
  }

  async #each(policy: Policy, work: (program: Iptables) => Promise<void>): Promise<void> {
    await Promise.all(this.#usable(policy).map((program) => work(program)));
  }

  #counted(text: string, { id, bridge }: FilteredNetwork, addresses: readonly string[]): CountedRule[] {
    const chain = this.#chains.network(id);
    const found: CountedRule[] = [];
    for (const [table, lines] of parseCounted(text)) {
      for (const { packets, bytes, line } of lines) {
        const words = line.split(/[ ,/[\]]|:(?=\d+$)/);
        const serves = words.includes(bridge) || addresses.some((address) => words.includes(address));
        const name = chainOf(line);
        if (!this.#chains.isOurs(name) || !(name === chain || serves)) continue;
        found.push({ chain: `${table}/${name}`, rule: line.slice(`-A ${name} `.length), packets, bytes });
      }
    }
    return found;
  }
}

/** What a rendering takes over from the host's own rules. */
const copied = ({ copy }: Rendering): string => JSON.stringify([...(copy ?? [])]);

interface CountedLine {
  readonly line: string;
  readonly packets: number;
  readonly bytes: number;
}

/** What iptables-save prints with `-c`: table → its rules, without their counters. */
function parseCounted(text: string): Map<string, CountedLine[]> {
  const tables = new Map<string, CountedLine[]>();
  let lines: CountedLine[] = [];
  for (const line of text.split("\n")) {
    const rule = /^\[(\d+):(\d+)\] (-A .*)$/.exec(line);
    if (line.startsWith("*")) {
      lines = [];
      tables.set(line.slice(1), lines);
    } else if (rule !== null)
      lines.push({ packets: Number(rule[1]), bytes: Number(rule[2]), line: rule[3] ?? "" });
  }
  return tables;
}
