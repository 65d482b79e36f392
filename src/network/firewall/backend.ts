import type { CountedRule } from "../model.ts";
import type { FilteredNetwork, Policy } from "./policy.ts";

export type { CountedRule };

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
