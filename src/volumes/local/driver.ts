import { isThere } from "../limited.ts";
import type { DriverVolume, Scope, VolumeDriver, VolumeRecord } from "../model.ts";
import type { VolumeStore } from "../store.ts";
import { isMounted, mountVolume, unmountVolume } from "./mount.ts";
import { checkOptions, needsMount } from "./options.ts";

/** Volumes on this host's disk, and file systems that this host can mount. */
export class LocalDriver implements VolumeDriver {
  readonly name = "local";

  constructor(private readonly store: VolumeStore) {}

  async scope(): Promise<Scope> {
    return "local";
  }

  async create(record: VolumeRecord): Promise<void> {
    checkOptions(record.options);
    this.store.create(record);
  }

  /** Nobody uses the volume: what is still mounted on it was left by an engine that was killed. */
  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#clear(name, signal);
    this.store.remove(name);
  }

  async mount(name: string, _user: string, others: number, signal: AbortSignal): Promise<string> {
    const path = this.store.path(name);
    const { options } = this.store.get(name);
    if (!needsMount(options)) return path;
    const what = `the server of ${options.device}`;
    // A connection that broke stays broken for those who have it; who comes now gets one that works.
    if (others > 0 && isMounted(path) && (await isThere(path, { what, signal }))) return path;
    await this.#clear(name, signal);
    await mountVolume(options, path, signal);
    return path;
  }

  async unmount(name: string, _user: string, others: number, signal: AbortSignal): Promise<void> {
    if (others === 0) await this.#clear(name, signal);
  }

  /** Takes a mounted file system from its users, whose processes may wait for its server in vain. */
  async abandon(name: string, signal: AbortSignal): Promise<void> {
    const path = this.store.path(name);
    if (isMounted(path)) await unmountVolume(path, signal, { force: true });
  }

  async get(name: string): Promise<DriverVolume | undefined> {
    return this.store.find(name) === undefined ? undefined : { name, mountpoint: this.store.path(name) };
  }

  async list(): Promise<DriverVolume[]> {
    return this.store.list().map(({ name }) => ({ name, mountpoint: this.store.path(name) }));
  }

  async #clear(name: string, signal: AbortSignal): Promise<void> {
    const path = this.store.path(name);
    if (needsMount(this.store.get(name).options) && isMounted(path)) await unmountVolume(path, signal);
  }
}
