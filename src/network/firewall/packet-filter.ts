import { messageOf } from "../../errors/index.ts";
import { type OtherNamespace, RulesetGeneration, within } from "../../os/firewall/index.ts";
import type { BridgeNetwork, PublishedPort } from "../model.ts";
import { type Assembly, assemble, type FirewallSettings, type Log } from "./assemble.ts";
import type { CountedRule } from "./backend.ts";
import type { Policy } from "./policy.ts";
import { PolicyMaker } from "./policy-maker.ts";
import { Watch } from "./watch.ts";

export type { FirewallSettings, Log } from "./assemble.ts";

const usual: FirewallSettings = { backend: "iptables", mode: "open", ipv6: true };

/**
 * Keeps the host's packet filter as the engine wants it. Callers change what is wanted and await `apply`;
 * changes that arrive while one transaction runs share the next one. What was flushed by others is put back.
 */
export class PacketFilter {
  /** The bridge networks by their ids; other drivers need no rules. */
  readonly networks = new Map<string, BridgeNetwork>();
  readonly ports = new Set<PublishedPort>();
  readonly #log: Log;
  readonly #open: () => Promise<Assembly>;
  readonly #generation: RulesetGeneration;
  readonly #maker = new PolicyMaker();
  #assembly: Promise<Assembly> | undefined;
  #seenGeneration = 0;
  /** Counts our own transactions. */
  #epoch = 0;
  /** The next transaction is to put all rules in place as a whole. */
  #everything = true;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  readonly #watch: Watch;
  #looks = 0;
  /** Begun after the first rules of ours are in place, and not waited for by whoever wanted those. */
  #sweep: Promise<void> | undefined;
  #closed = false;

  /** `namespace`: whose packet filter it is, if not that of the engine's own network. */
  constructor(
    engineKey: string,
    log: Log,
    settings: Partial<FirewallSettings> = {},
    namespace?: OtherNamespace,
  ) {
    this.#log = log;
    this.#watch = new Watch(() => this.#look(), log);
    this.#generation = within(namespace, () => new RulesetGeneration());
    this.#open = () =>
      assemble({ engineKey, log, settings: { ...usual, ...settings }, ...(namespace && { namespace }) });
  }

  /** The rules that serve a network, with what they have counted; none for a network that is unknown. */
  async counters(networkId: string): Promise<CountedRule[]> {
    const policy = this.#maker.make(this.networks.values(), this.ports);
    const network = policy.networks.find(({ id }) => id === networkId);
    if (network === undefined) return [];
    const { backend } = await this.#backend();
    return backend.counters(network, policy);
  }

  /** Brings the kernel to what is wanted now; `everything` puts all of it in place, whatever state it is in. */
  apply({ everything = false } = {}): Promise<void> {
    this.#everything ||= everything;
    this.#next ??= this.#running
      // Whoever asked for the transaction before was told of its failure.
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#running = this.#transact();
        return this.#running;
      });
    return this.#next;
  }

  /** Removes all our chains; the packet filter is then as if the engine had never run. */
  async remove(): Promise<void> {
    this.#stopWatching();
    await this.#settled();
    const { backend } = await this.#backend();
    await backend.remove();
    this.#everything = true;
  }

  /** Stops watching, after what is under way; the rules stay. */
  async close(): Promise<void> {
    this.#stopWatching();
    await this.#settled();
    this.#generation[Symbol.dispose]();
  }

  /** Waits for what was asked for, whose failure is told to whoever asked. */
  async #settled(): Promise<void> {
    while (this.#next !== undefined) await this.#next.catch(() => undefined);
    await this.#running.catch(() => undefined);
    await this.#sweep;
  }

  async #sweepOnce({ sweep }: Assembly): Promise<void> {
    try {
      await sweep();
    } catch (error) {
      this.#log("warn", `cannot look for rules of engines that are no more: ${messageOf(error)}`);
    }
  }

  #stopWatching(): void {
    this.#watch.stop();
    this.#closed = true;
  }

  /** Decided at the first use; what failed is tried again at the next. */
  #backend(): Promise<Assembly> {
    this.#assembly ??= this.#open().catch((error: unknown) => {
      this.#assembly = undefined;
      throw error;
    });
    return this.#assembly;
  }

  async #transact(): Promise<void> {
    this.#epoch++;
    const policy = this.#maker.make(this.networks.values(), this.ports);
    const everything = this.#everything;
    // What is asked for from here on is the next transaction's.
    this.#everything = false;
    try {
      const assembly = await this.#backend();
      if (everything || !(await this.#change(policy))) await assembly.backend.assert(policy);
      this.#sweep ??= this.#sweepOnce(assembly);
    } catch (error) {
      this.#everything = true;
      throw error;
    }
    this.#watch.start();
  }

  /** Changes only what differs; false when the rules were not as expected. */
  async #change(policy: Policy): Promise<boolean> {
    const { backend } = await this.#backend();
    const before = this.#generation.read();
    let transactions: number;
    try {
      transactions = await backend.change(policy);
    } catch (error) {
      this.#log(
        "warn",
        `rules of the packet filter were changed by others; restoring all: ${messageOf(error)}`,
      );
      return false;
    }
    // Our own transactions are no reason to look for foreign ones.
    const after = this.#generation.read();
    if (before === this.#seenGeneration && after === before + transactions) this.#seenGeneration = after;
    return true;
  }

  /** Legacy tables keep no generation: they are listed every so many looks. */
  async #look(): Promise<void> {
    const { legacy, legacyLooks } = await this.#backend();
    this.#looks = (this.#looks + 1) % legacyLooks;
    const isDue = this.#looks === 0 && legacy();
    if (isDue || this.#generation.read() !== this.#seenGeneration) await this.verify();
  }

  /** Puts what is wanted in place again if others changed it, as happens by itself a second after. */
  async verify(): Promise<void> {
    await this.#settled();
    if (this.#closed) return;
    if (this.#everything) return this.apply();
    const [generation, epoch] = [this.#generation.read(), this.#epoch];
    const { backend } = await this.#backend();
    const isInForce = await backend.isInForce();
    // A transaction that began meanwhile changes both sides; the next look will see the same on each.
    if (this.#closed || this.#epoch !== epoch || this.#generation.read() !== generation) return;
    this.#seenGeneration = generation;
    if (isInForce) return;
    this.#log("warn", "rules of the packet filter were changed by others; putting ours in place again");
    await this.apply({ everything: true });
  }
}
