import { Nftables, type OtherNamespace } from "../../../os/firewall/index.ts";
import { shortKey } from "../../names.ts";
import type { Backend, CountedRule } from "../backend.ts";
import { contains, type FilteredNetwork, type Policy } from "../policy.ts";
import { countedRules } from "./counters.ts";
import { policyRenderer, type Ruleset } from "./rules.ts";
import { changeScript, isInForce, replaceScript } from "./script.ts";

/** Rules in a table of our own of nf_tables; each call is one transaction for both versions of IP. */
export class NftablesBackend implements Backend {
  readonly #nft: Nftables;
  readonly #table: string;
  readonly #renderPolicy = policyRenderer();
  #inForce: Ruleset | undefined;
  #counted: Promise<boolean> | undefined;

  constructor(engineKey: string, namespace?: OtherNamespace) {
    this.#nft = new Nftables(namespace);
    this.#table = `inet slipway-${shortKey(engineKey)}`;
  }

  async assert(policy: Policy): Promise<void> {
    const wanted = await this.#render(policy);
    await this.#nft.apply(replaceScript(this.#table, wanted));
    this.#inForce = wanted;
  }

  async change(policy: Policy): Promise<number> {
    const wanted = await this.#render(policy);
    if (this.#inForce === undefined) {
      await this.assert(policy);
      return 1;
    }
    const script = changeScript(this.#table, this.#inForce, wanted);
    if (script === "") return 0;
    await this.#nft.apply(script);
    this.#inForce = wanted;
    return 1;
  }

  async isInForce(): Promise<boolean> {
    const wanted = this.#inForce;
    if (wanted === undefined || !(await this.#nft.tables()).includes(this.#table)) return false;
    return isInForce(wanted, await this.#nft.json(this.#table));
  }

  async counters(network: FilteredNetwork, policy: Policy): Promise<CountedRule[]> {
    const addresses = policy.ports.map(({ address }) => address).filter((it) => contains(network, it));
    const chains = [...(this.#inForce?.elements.values() ?? [])].flatMap((elements) =>
      [...elements]
        .filter(([key]) => key === `"${network.bridge}"`)
        .map(([, verdict]) => verdict.slice("jump ".length)),
    );
    return countedRules(await this.#nft.list(this.#table), new Set(chains), new Set(addresses));
  }

  async remove(): Promise<void> {
    this.#inForce = undefined;
    if ((await this.#nft.tables()).includes(this.#table))
      await this.#nft.apply(`delete table ${this.#table}`);
  }

  async #render(policy: Policy): Promise<Ruleset> {
    this.#counted ??= this.#nft.countsElements();
    return this.#renderPolicy(policy, await this.#counted);
  }
}
