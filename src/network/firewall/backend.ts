import type { FilteredNetwork, Policy } from "./policy.ts";

/** A rule that serves a network, and what it has counted. */
export interface CountedRule {
  /** `filter/FORWARD` and the like. */
  readonly chain: string;
  /** As the packet filter's own program prints it. */
  readonly rule: string;
  readonly packets: number;
  readonly bytes: number;
}

/** One of the ways to carry a policy out, or a part of it. Each call comes after the one before has ended. */
export interface Backend {
  /** Puts everything in place, whatever state it is in, and removes what is ours and no longer wanted. */
  assert(policy: Policy): Promise<void>;
  /**
   * Changes what differs from the policy of the last call. Fails, and changes nothing that matters, where the rules
   * are not as that call left them. Answers how many transactions it took.
   */
  change(policy: Policy): Promise<number>;
  /** Is everything there that the last call put in place, and is it still what the host wants? */
  isInForce(): Promise<boolean>;
  /** The rules that serve the network. */
  counters(network: FilteredNetwork, policy: Policy): Promise<CountedRule[]>;
  /** Removes everything of ours. */
  remove(): Promise<void>;
}
