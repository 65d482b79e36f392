import { asSlipwayError, messageOf, notFound, SlipwayError } from "../errors/index.ts";
import type { Table } from "../metastore/index.ts";
import type { LocalDriver } from "./local/driver.ts";
import type { DriverVolume, Scope, VolumeDriver, VolumeRecord } from "./model.ts";
import { ask } from "./plugin/driver.ts";
import type { Plugins } from "./plugin/plugins.ts";
import type { VolumeStore } from "./store.ts";

/** A volume with what its driver says of it at the moment. */
export interface VolumeDescription extends VolumeRecord {
  scope: Scope;
  /** Empty while it is nowhere on this host. */
  mountpoint: string;
  status?: Record<string, unknown>;
}

/** Which volumes there are and which driver has each: local ones by their files, plugins' ones by references. */
export class Catalogue {
  constructor(
    private readonly store: VolumeStore,
    private readonly local: LocalDriver,
    private readonly plugins: Plugins,
    private readonly references: Table<VolumeRecord>,
  ) {}

  /** A volume that the engine knows of. */
  find(name: string): VolumeRecord | undefined {
    return this.store.find(name) ?? this.references.get(name);
  }

  /** What the engine knows of, by name. Asks no driver. */
  list(): VolumeRecord[] {
    return [...this.store.list(), ...this.references.all().map(({ value }) => value)].sort(byName);
  }

  async driver(name: string, signal: AbortSignal): Promise<VolumeDriver> {
    return name === "local" || name === "default" ? this.local : await this.plugins.driver(name, signal);
  }

  /** Also a volume that only a plugin knows of yet; it is noted then. */
  async lookup(name: string, signal: AbortSignal): Promise<VolumeRecord | undefined> {
    const known = this.find(name);
    if (known !== undefined) return known;
    const { drivers } = await this.plugins.all(signal);
    const answers = await Promise.all(
      drivers.map(async (driver) => ({ driver, ...(await ask(driver, name, signal)) })),
    );
    const found = answers.find(({ volume }) => volume !== undefined);
    if (found?.volume === undefined) return undefined;
    const record = recordOf(found.driver, found.volume);
    this.references.put(name, record);
    return record;
  }

  /** All volumes: also those that plugins alone know of. A plugin that does not answer is a warning, and what is known of it stays. */
  async survey(signal: AbortSignal): Promise<{ volumes: VolumeDescription[]; warnings: string[] }> {
    const { drivers, problems: warnings } = await this.plugins.all(signal);
    const known = new Map(this.list().map((record) => [record.name, describe(record, undefined, "local")]));
    for (const { name } of this.store.list()) {
      const record = known.get(name);
      if (record !== undefined) record.mountpoint = this.store.path(name);
    }
    const answers = drivers.map(async (driver) => {
      try {
        const volumes = await driver.list(signal);
        return { driver, volumes, scope: await driver.scope(signal) };
      } catch (error) {
        signal.throwIfAborted();
        warnings.push(`list ${driver.name}: ${messageOf(error)}`);
        return { driver, volumes: [], scope: "local" as const };
      }
    });
    for (const { driver, volumes, scope } of await Promise.all(answers)) {
      for (const volume of volumes) {
        const record = known.get(volume.name) ?? recordOf(driver, volume);
        // One name, one driver: who came first has it.
        if (record.driver === driver.name) known.set(volume.name, describe(record, volume, scope));
      }
    }
    return { volumes: [...known.values()].sort(byName), warnings };
  }

  /** `notFound` when there is no such volume, also when its plugin has lost it. */
  async describe(name: string, signal: AbortSignal): Promise<VolumeDescription> {
    const record = await this.lookup(name, signal);
    if (record === undefined) throw notFound(`get ${name}: no such volume`);
    try {
      const driver = await this.driver(record.driver, signal);
      const { volume, problem } = await ask(driver, name, signal);
      if (volume !== undefined) return describe(record, volume, await driver.scope(signal));
      if (problem !== undefined) throw new SlipwayError("system", problem);
    } catch (cause) {
      const { kind, message } = asSlipwayError(cause);
      throw new SlipwayError(kind, `get ${name}: ${message}`, { cause });
    }
    throw notFound(`get ${name}: no such volume`);
  }
}

const byName = (a: VolumeRecord, b: VolumeRecord): number => (a.name < b.name ? -1 : 1);

const recordOf = (driver: VolumeDriver, { name, createdAt }: DriverVolume): VolumeRecord => ({
  name,
  driver: driver.name,
  createdAt: createdAt ?? "0001-01-01T00:00:00Z",
  labels: {},
  options: {},
});

function describe(record: VolumeRecord, volume: DriverVolume | undefined, scope: Scope): VolumeDescription {
  const { createdAt = record.createdAt, mountpoint = "", status } = volume ?? {};
  return { ...record, createdAt, mountpoint, scope, ...(status === undefined ? {} : { status }) };
}
