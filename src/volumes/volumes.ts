import { randomBytes } from "node:crypto";
import { conflict, invalid, notFound } from "../errors/index.ts";
import type { Table } from "../metastore/index.ts";
import { LocalDriver } from "./local/driver.ts";
import { needsMount } from "./local/options.ts";
import type { VolumeDriver, VolumeRecord } from "./model.ts";
import { VolumeStore } from "./store.ts";
import { Turns } from "./turns.ts";
import { VolumeUsers } from "./users.ts";

export interface VolumeRequest {
  /** A random one when absent or empty. */
  name?: string;
  /** `local` when absent, unless some driver has the name already. */
  driver?: string;
  labels?: Record<string, string>;
  options?: Record<string, string>;
}

export interface VolumesOptions {
  /** Where local volumes are. */
  root: string;
  /** Which plugin has which volume, and what the engine keeps of it. */
  references: Table<VolumeRecord>;
  /** Hears of volumes that have come to be, or are gone for good. */
  tell?: (action: "create" | "destroy", record: VolumeRecord) => void;
}

const never = new AbortController().signal;

/**
 * The volumes of all drivers under one roof: one name, one driver. What is done to a volume is done in turns. Its users
 * are those that mounted it; it is mounted with the first and unmounted after the last.
 */
export class Volumes {
  readonly #turns = new Turns();
  readonly #users = new VolumeUsers();
  /** Where plugins said that their volumes are. */
  readonly #paths = new Map<string, string>();
  readonly #local: LocalDriver;

  private constructor(
    /** The files of local volumes; what concerns only these goes there. */
    readonly local: VolumeStore,
    private readonly options: VolumesOptions,
  ) {
    this.#local = new LocalDriver(local);
  }

  static open(options: VolumesOptions): Volumes {
    return new Volumes(VolumeStore.open(options.root), options);
  }

  /** A volume that the engine knows of. */
  find(name: string): VolumeRecord | undefined {
    return this.local.find(name) ?? this.options.references.get(name);
  }

  /** `notFound` for one it does not know of. */
  get(name: string): VolumeRecord {
    const record = this.find(name);
    if (record === undefined) throw notFound(`get ${name}: no such volume`);
    return record;
  }

  /** What the engine knows of, by name. Asks no driver. */
  list(): VolumeRecord[] {
    const others = this.options.references.all().map(({ value }) => value);
    return [...this.local.list(), ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Makes a volume, or answers the one that has this name already; `conflict` when another driver has it. */
  async create(request: VolumeRequest, signal = never): Promise<VolumeRecord> {
    const name = request.name || randomBytes(32).toString("hex");
    return await this.#turns.run(name, async () => {
      const known = this.find(name);
      if (known !== undefined) return sameDriver(known, request.driver);
      const driver = this.#driver(request.driver || "local");
      const createdAt = new Date().toISOString().replace(/\.\d+Z$/, "Z");
      const { labels = {}, options = {} } = request;
      const record = { name, driver: driver.name, createdAt, labels, options };
      await driver.create(record, signal);
      if (driver !== this.#local) this.options.references.put(name, record);
      this.options.tell?.("create", record);
      return record;
    });
  }

  /** Forgets a volume and deletes what it holds. `conflict` while it is mounted; who merely names it is the caller's to know. */
  async remove(name: string, signal = never): Promise<void> {
    await this.#turns.run(name, async () => {
      const record = this.get(name);
      if (this.#users.count(name) > 0) throw conflict(`remove ${name}: volume is in use`);
      await this.#driver(record.driver).remove(name, signal);
      this.options.references.delete(name);
      this.#paths.delete(name);
      this.options.tell?.("destroy", record);
    });
  }

  /** The path of a volume's files, which stay there until this user unmounts it. Once for each user, however often asked. */
  async mount(name: string, user: string, signal = never): Promise<string> {
    return await this.#turns.run(name, async () => {
      const { driver } = this.get(name);
      if (this.#users.has(name, user)) return this.path(name);
      const path = await this.#driver(driver).mount(name, user, this.#users.count(name), signal);
      if (driver !== this.#local.name) this.#paths.set(name, path);
      this.#users.add(name, user);
      return path;
    });
  }

  /** Ends what `mount` began; nothing for who is no user. The user is gone also when the driver fails. */
  async unmount(name: string, user: string, signal = never): Promise<void> {
    await this.#turns.run(name, async () => {
      if (!this.#users.has(name, user)) return;
      this.#users.delete(name, user);
      const { driver } = this.get(name);
      await this.#driver(driver).unmount(name, user, this.#users.count(name), signal);
    });
  }

  /** Notes a user that an engine before this one mounted a volume for. */
  adopt(name: string, user: string): void {
    this.#users.add(name, user);
  }

  /** Unmounts what an engine before this one mounted for users that are gone. To be called when all others are adopted. */
  async unmountUnused(signal = never): Promise<void> {
    for (const { name } of this.local.list()) {
      if (this.#users.count(name) === 0)
        await this.#turns.run(name, () => this.#local.unmount(name, "", 0, signal));
    }
  }

  /** Whether a volume's files are elsewhere than in the engine's own directory: looking at them may take long. */
  isForeign(name: string): boolean {
    const { driver, options } = this.get(name);
    return driver !== this.#local.name || needsMount(options);
  }

  /** The volumes that a user has mounted. */
  mountedBy(user: string): string[] {
    return this.#users.of(user);
  }

  /** Where the files are while the volume is mounted; empty for a plugin's that is not. Asks no driver, touches no file. */
  path(name: string): string {
    return this.get(name).driver === this.#local.name ? this.local.path(name) : (this.#paths.get(name) ?? "");
  }

  #driver(name: string): VolumeDriver {
    if (name === "local" || name === "default") return this.#local;
    throw invalid(`error looking up volume plugin ${name}: plugin "${name}" not found`);
  }
}

function sameDriver(known: VolumeRecord, asked: string | undefined): VolumeRecord {
  const driver = asked === "default" ? "local" : asked;
  if (!driver || driver === known.driver) return known;
  throw conflict(
    `create ${known.name}: driver '${known.driver}' already has volume '${known.name}': volume name must be unique`,
  );
}
