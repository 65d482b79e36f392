import type { Backend, CountedRule } from "./backend.ts";
import type { FilteredNetwork, Policy } from "./policy.ts";

/** Several backends as one: guards, which are there before what they guard and leave after it, and the one they guard. */
export class Layers implements Backend {
  #policy: Policy = { networks: [], ports: [] };
  /** What others of our settings left is gone. */
  #isClean = false;

  constructor(
    private readonly guards: readonly Backend[],
    private readonly main: Backend,
    /** What may hold rules of a time when the engine was told otherwise. */
    private readonly leftovers: readonly Backend[],
  ) {}

  async assert(policy: Policy): Promise<void> {
    for (const layer of [...this.guards, this.main]) await layer.assert(policy);
    if (!this.#isClean) for (const layer of this.leftovers) await layer.remove();
    this.#isClean = true;
    this.#policy = policy;
  }

  async change(policy: Policy): Promise<number> {
    const { networks, ports } = this.#policy;
    const both = {
      networks: [...new Set([...networks, ...policy.networks])],
      ports: [...new Set([...ports, ...policy.ports])],
    };
    let transactions = 0;
    for (const guard of this.guards) transactions += await guard.change(both);
    transactions += await this.main.change(policy);
    for (const guard of this.guards) transactions += await guard.change(policy);
    this.#policy = policy;
    return transactions;
  }

  async isInForce(): Promise<boolean> {
    for (const layer of [...this.guards, this.main]) if (!(await layer.isInForce())) return false;
    return true;
  }

  async counters(network: FilteredNetwork, policy: Policy): Promise<CountedRule[]> {
    const all = await Promise.all([...this.guards, this.main].map((it) => it.counters(network, policy)));
    return all.flat();
  }

  async remove(): Promise<void> {
    for (const layer of [this.main, ...this.guards, ...this.leftovers]) await layer.remove();
  }
}
