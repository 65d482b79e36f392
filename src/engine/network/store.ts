import { invalid, notFound } from "../../errors/index.ts";
import type { Metastore, Table } from "../../metastore/index.ts";
import { Mutex } from "../container/mutex.ts";
import type { NetworkDefinition } from "./definition.ts";

/** All networks: in memory for reading, in the metastore for keeping. The predefined ones are not stored. */
export class NetworkStore implements Iterable<NetworkDefinition> {
  /** Held while networks come and go: a name and a subnet are looked up and taken in one step. */
  readonly mutex = new Mutex();
  /** By id: why a network is not there on the host although it should be. */
  readonly problems = new Map<string, string>();
  private readonly table: Table<NetworkDefinition>;
  private readonly byId = new Map<string, NetworkDefinition>();
  private readonly byName = new Map<string, NetworkDefinition>();

  constructor(metastore: Metastore, predefined: readonly NetworkDefinition[]) {
    this.table = metastore.table<NetworkDefinition>("networks");
    for (const network of predefined) this.remember(network);
    for (const { value } of this.table.all()) this.remember(value);
  }

  [Symbol.iterator](): Iterator<NetworkDefinition> {
    return this.byId.values();
  }

  get(id: string): NetworkDefinition | undefined {
    return this.byId.get(id);
  }

  named(name: string): NetworkDefinition | undefined {
    return this.byName.get(name);
  }

  /** By full id, by name, or by an unambiguous beginning of the id; undefined for what is none of them. */
  lookUp(ref: string): NetworkDefinition | undefined {
    const exact = this.byId.get(ref) ?? this.byName.get(ref);
    if (exact !== undefined || ref === "") return exact;
    const matching = [...this.byId.values()].filter(({ id }) => id.startsWith(ref));
    if (matching.length > 1) {
      throw invalid(`network ${ref} is ambiguous (${matching.length} matches found on ID prefix)`);
    }
    return matching[0];
  }

  /** As `lookUp`; `notFound` for what is none of them. */
  find(ref: string): NetworkDefinition {
    const found = this.lookUp(ref);
    if (found === undefined) throw notFound(`network ${ref} not found`);
    return found;
  }

  /** Makes a network known; durable when this returns. `conflict` for a name that another one has. */
  add(network: NetworkDefinition): void {
    this.table.put(network.id, network, [network.name]);
    this.remember(network);
  }

  /** Forgets a network, durably. */
  delete({ id, name }: NetworkDefinition): void {
    this.table.delete(id);
    this.byId.delete(id);
    this.byName.delete(name);
    this.problems.delete(id);
  }

  private remember(network: NetworkDefinition): void {
    this.byId.set(network.id, network);
    this.byName.set(network.name, network);
  }
}
