import { conflict, invalid, notFound } from "../../errors/index.ts";
import type { Metastore, Table } from "../../metastore/index.ts";
import { Container } from "./container.ts";
import { generateName } from "./names.ts";
import type { ContainerRecord } from "./record.ts";

/** Clients that ask for the exit code of a `--rm` container after its start may come when it is gone. */
const departedLimit = 256;

/**
 * All containers: in memory for reading, in the metastore for keeping. A name belongs to one container from
 * the moment it is reserved.
 */
export class ContainerStore implements Iterable<Container> {
  private readonly table: Table<ContainerRecord>;
  private readonly byId = new Map<string, Container>();
  private readonly ids = new Map<string, string>();
  private readonly departed = new Map<string, ContainerRecord["state"]>();

  constructor(metastore: Metastore) {
    this.table = metastore.table<ContainerRecord>("containers");
    for (const { value } of this.table.all()) this.remember(new Container(value));
  }

  [Symbol.iterator](): Iterator<Container> {
    return this.byId.values();
  }

  /** Newest first, the order in which lists show them. */
  newestFirst(): Container[] {
    return [...this.byId.values()]
      .reverse()
      .sort((a, b) => (b.createdAt > a.createdAt ? 1 : b.createdAt < a.createdAt ? -1 : 0));
  }

  get(id: string): Container | undefined {
    return this.byId.get(id);
  }

  /** By id, by name with or without the leading slash, or by an unambiguous prefix of an id; in this order. */
  find(reference: string): Container {
    if (reference === "") throw invalid('invalid name or ID supplied: ""');
    const exact = this.byId.get(reference) ?? this.named(reference);
    if (exact !== undefined) return exact;
    const matching = [...this.byId.keys()].filter((id) => id.startsWith(reference));
    if (matching.length > 1) throw invalid(`multiple IDs found with provided prefix: ${reference}`);
    const found = this.byId.get(matching[0] ?? "");
    if (found === undefined) throw notFound(`No such container: ${reference}`);
    return found;
  }

  named(name: string): Container | undefined {
    const id = this.ids.get(name.startsWith("/") ? name.slice(1) : name);
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** Keeps a name for a container that is being made; without a name, one that nobody has. */
  reserve(id: string, name?: string): string {
    const chosen = name ?? generateName((candidate) => this.ids.has(candidate));
    const owner = this.ids.get(chosen);
    if (owner !== undefined && owner !== id) {
      throw conflict(
        `Conflict. The container name "/${chosen}" is already in use by container "${owner}". You have to ` +
          "remove (or rename) that container to be able to reuse that name.",
      );
    }
    this.ids.set(chosen, id);
    return chosen;
  }

  /** Gives up a reservation. */
  release(name: string): void {
    this.ids.delete(name);
  }

  /** Makes a container known; durable when this returns. Its name must be reserved. */
  add(record: ContainerRecord): Container {
    this.table.put(record.id, record, [record.name]);
    const container = new Container(record);
    this.remember(container);
    return container;
  }

  /** Writes a container's record; durable when this returns. One that was deleted meanwhile stays deleted. */
  save(container: Container): void {
    if (this.byId.has(container.id)) this.table.put(container.id, container.record);
  }

  rename(container: Container, name: string): void {
    this.reserve(container.id, name);
    const before = container.record.name;
    container.record.name = name;
    this.table.put(container.id, container.record, [name]);
    this.ids.delete(before);
  }

  delete(container: Container): void {
    this.table.delete(container.id);
    this.departed.set(container.id, container.record.state);
    if (this.departed.size > departedLimit) this.departed.delete(this.departed.keys().next().value ?? "");
    this.byId.delete(container.id);
    this.ids.delete(container.record.name);
  }

  /** How a container that is gone had ended, by its full id; known of the last ones only. */
  lastState(id: string): ContainerRecord["state"] | undefined {
    return this.departed.get(id);
  }

  /** Ids of the containers, running or not, that mount a volume. */
  usersOfVolume(name: string): string[] {
    return [...this]
      .filter(({ record }) => record.mounts.some(({ point }) => point.Name === name))
      .map(({ id }) => id);
  }

  private remember(container: Container): void {
    this.byId.set(container.id, container);
    this.ids.set(container.record.name, container.id);
  }
}
