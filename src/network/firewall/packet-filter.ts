import { messageOf } from "../../errors/index.ts";
import { RulesetGeneration, restoreRules, saveRules, usesNfTables } from "../../os/firewall/index.ts";
import type { BridgeNetwork } from "../model.ts";
import { chainsOf, destinationRule, type FilteredBridge, type PublishedPort } from "./rules.ts";
import { assertScript, isInForce, parseSavedRules, portsScript, removalScript } from "./rules-script.ts";

/** Asking the kernel for its ruleset's generation costs 20 µs; legacy tables can only be listed (5 ms). */
const WATCH_MS = 1_000;
const WATCH_LEGACY_MS = 30_000;

export type Log = (level: "debug" | "info" | "warn" | "error", message: string) => void;

/**
 * Keeps the host's packet filter as the engine wants it. Callers change what is wanted and await `apply`;
 * changes that arrive while one transaction runs share the next one. What was flushed by others is put back.
 */
export class PacketFilter {
  readonly bridges = new Map<string, FilteredBridge>();
  /** The bridge networks by their ids; other drivers need no rules. */
  readonly networks = new Map<string, BridgeNetwork>();
  readonly ports = new Set<PublishedPort>();
  readonly #chains;
  readonly #log: Log;
  readonly #generation = new RulesetGeneration();
  #seenGeneration = 0;
  /** The next transaction is to put all chains in place as a whole. */
  #everything = true;
  /** The port rules known to be in force. */
  #inForce: ReadonlySet<string> = new Set();
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #watching = false;
  #closed = false;

  constructor(engineKey: string, log: Log) {
    this.#chains = chainsOf(engineKey);
    this.#log = log;
  }

  /** Brings the kernel to what is wanted now; `everything` also when only the bridges changed. */
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
    const script = removalScript(this.#chains, parseSavedRules(await saveRules()));
    if (script !== "") await restoreRules(script);
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
  }

  #stopWatching(): void {
    clearTimeout(this.#timer);
    this.#watching = false;
    this.#closed = true;
  }

  async #transact(): Promise<void> {
    const ports = [...this.ports];
    const wanted = new Set(ports.map(destinationRule));
    const everything = this.#everything;
    // What is asked for from here on is the next transaction's.
    this.#everything = false;
    try {
      if (everything || !(await this.#change(this.#inForce, wanted))) await this.#assert(ports);
    } catch (error) {
      this.#everything = true;
      throw error;
    }
    this.#inForce = wanted;
    await this.#watch();
  }

  #filtered(): FilteredBridge[] {
    const networks = [...this.networks.values()].map(({ bridge, subnets, interContainer, masquerade }) => ({
      bridge,
      subnet: subnets[0]?.subnet ?? "",
      interContainer: interContainer ?? true,
      masquerade: masquerade ?? true,
    }));
    return [...this.bridges.values(), ...networks];
  }

  async #assert(ports: readonly PublishedPort[]): Promise<void> {
    const bridges = this.#filtered();
    const saved = parseSavedRules(await saveRules());
    await restoreRules(assertScript(this.#chains, { bridges, ports }, saved));
  }

  /** Changes only the published ports; false when the chains were not as expected. */
  async #change(from: ReadonlySet<string>, to: ReadonlySet<string>): Promise<boolean> {
    const script = portsScript(this.#chains, from, to);
    if (script === "") return true;
    const before = this.#generation.read();
    try {
      await restoreRules(script);
    } catch (error) {
      this.#log(
        "warn",
        `rules of the packet filter were changed by others; restoring all: ${messageOf(error)}`,
      );
      return false;
    }
    // Our own transaction is no reason to look for foreign ones.
    const after = this.#generation.read();
    if (before === this.#seenGeneration && after === before + 1) this.#seenGeneration = after;
    return true;
  }

  async #watch(): Promise<void> {
    if (this.#watching || this.#closed) return;
    this.#watching = true;
    const nfTables = await usesNfTables();
    this.#schedule(nfTables ? WATCH_MS : WATCH_LEGACY_MS, nfTables);
  }

  #schedule(delay: number, nfTables: boolean): void {
    if (!this.#watching) return;
    const check = () => {
      this.#verify(nfTables).then(
        () => this.#schedule(delay, nfTables),
        (error) => {
          this.#log("error", `cannot check the packet filter's rules: ${messageOf(error)}`);
          this.#schedule(delay, nfTables);
        },
      );
    };
    this.#timer = setTimeout(check, delay).unref();
  }

  async #verify(nfTables: boolean): Promise<void> {
    const generation = this.#generation.read();
    if (nfTables && generation === this.#seenGeneration) return;
    await this.#settled();
    if (this.#closed) return;
    if (this.#everything) return this.apply();
    const wanted = { bridges: this.#filtered(), ports: [...this.ports] };
    const saved = parseSavedRules(await saveRules());
    // A transaction that began meanwhile changes both sides; the next look will see the same on each.
    if (this.#closed || this.#next !== undefined || this.#generation.read() !== generation) return;
    this.#seenGeneration = generation;
    if (isInForce(this.#chains, wanted, saved)) return;
    this.#log("warn", "rules of the packet filter were removed by others; putting them back");
    await this.apply({ everything: true });
  }
}
