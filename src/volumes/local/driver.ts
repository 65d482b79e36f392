import { invalid } from "../../errors/index.ts";
import type { DriverVolume, Scope, VolumeDriver, VolumeRecord } from "../model.ts";
import type { VolumeStore } from "../store.ts";

/** Volumes on this host's disk. */
export class LocalDriver implements VolumeDriver {
  readonly name = "local";

  constructor(private readonly store: VolumeStore) {}

  async scope(): Promise<Scope> {
    return "local";
  }

  async create(record: VolumeRecord): Promise<void> {
    const [option] = Object.keys(record.options);
    if (option !== undefined)
      throw invalid(`create ${record.name}: invalid option: ${JSON.stringify(option)}`);
    this.store.create(record);
  }

  async remove(name: string): Promise<void> {
    this.store.remove(name);
  }

  async mount(name: string): Promise<string> {
    return this.store.path(name);
  }

  async unmount(): Promise<void> {}

  async get(name: string): Promise<DriverVolume | undefined> {
    return this.store.find(name) === undefined ? undefined : { name, mountpoint: this.store.path(name) };
  }

  async list(): Promise<DriverVolume[]> {
    return this.store.list().map(({ name }) => ({ name, mountpoint: this.store.path(name) }));
  }
}
